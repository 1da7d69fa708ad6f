// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/model_traits.hpp>
#include <llmx/core/name_list.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/wire/http_message.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// The inputs of a provider for one attempt.
struct outgoing {
    explicit outgoing(const codec_ops& form) noexcept : codec(&form) {}
    /// Form of the request, one of the provider's; its operation and path.
    const codec_ops* codec;
    /// The path that the codec adds to the provider's base URL.
    [[nodiscard]] std::string_view path() const noexcept {
        return stream && !codec->stream_path.empty() ? codec->stream_path : codec->path;
    }
    bool stream = false;
    /// The codec wrote the body; false: it is the caller's own.
    bool translated = false;
    /// Provider's name of the model.
    std::string_view model;
    /// What the encoder wrote for the end of the URL (`encoded_request::url_end`).
    std::string_view url_end;
};

/// Everything that a program needs to configure a vendor, as data.
struct provider_facts {
    /// Base URL when a deployment names none; empty: it must name one.
    std::string_view default_base;
    /// Environment variables that hold the key and the base URL, in the order in which they are tried.
    name_list key_env;
    name_list base_env;
    /// Whether the vendor demands a key.
    bool needs_key = true;
    model_traits traits;
    /// Further names of the provider in configurations ("hosted_vllm/model").
    name_list aliases = name_list();
    /// Beginnings of models' names that imply the provider when a configuration names none ("gpt-").
    name_list model_beginnings = name_list();
    /// `complete` makes the base URL of a deployment that names none (`completing_provider`).
    bool makes_base = false;
    /// `authorize` adds nothing to a deployment with a key, so that the key of a caller can take the place of its credentials
    /// (`callers_access`). Of a provider without `authorize` every key can.
    bool takes_callers_key = false;
};

namespace detail {
template <class T> inline constexpr bool is_codec_list = false;
template <class... Cs> inline constexpr bool is_codec_list<codec_list<Cs...>> = sizeof...(Cs) != 0;
} // namespace detail

/// A vendor: its operations (`codecs`), an endpoint, credentials and quirks.
///
/// `prepare` writes target and fields (credentials included) of a request whose body
/// is already there; `classify` turns an answer with an error status into a typed
/// error. Both are const, do no I/O and may be called from several threads. A provider
/// of your own needs a name, a list of codecs, facts and these two; `settings` and `check` are
/// optional (`provider_with_settings`, `checking_provider`, `completing_provider`, `model_checking_provider`,
/// `choosing_provider`, `traits_provider`, `editing_provider`, `ready_provider`). Settings are read from a configuration by
/// their `keys` (core/settings_keys.hpp). An operation that no codec in the list has fails with `errc::unsupported_operation`.
template <class P>
concept provider = std::copy_constructible<P> &&
                   requires(const P& p, const deployment& d, const outgoing& what, http_request& out, int status,
                            std::span<const http_field> fields, std::string_view body) {
                       { P::name } -> std::convertible_to<std::string_view>;
                       requires detail::is_codec_list<typename P::codecs>;
                       { P::facts } -> std::convertible_to<provider_facts>;
                       { p.prepare(d, what, out) } -> std::same_as<result<void>>;
                       { p.classify(status, fields, body) } -> std::same_as<error>;
                   };

/// A provider with settings of its own: a default-constructible, copyable type `P::settings`, which
/// `deployment::settings` holds.
template <class P>
concept provider_with_settings = std::default_initializable<typename P::settings> && std::copy_constructible<typename P::settings>;

/// A provider that checks a deployment before it is served: `static result<void> check(const deployment&)`.
/// Its failure is reported under the deployment's id and must hold no secret.
template <class P>
concept checking_provider = requires(const deployment& d) {
    { P::check(d) } -> std::same_as<result<void>>;
};

/// A provider that fills in what a deployment leaves open, from its settings, the environment and files:
/// `static result<void> complete(deployment& d, const variable_lookup& variables)`.
///
/// It is called while the deployment is configured, by `registry::complete` and for each model of a configuration, before
/// `check`, the provider's default base URL. A second call with the result of the first one must change
/// nothing and read no file. It may block. Its failure is reported under the deployment's id, or
/// with file and line, and must hold no secret.
template <class P>
concept completing_provider = requires(deployment& d, const variable_lookup& variables) {
    { P::complete(d, variables) } -> std::same_as<result<void>>;
};

/// A provider whose models take different forms of one operation: `static bool takes(const codec_ops& form, const
/// deployment& d, std::string_view model)`, whether \p model takes requests of \p form, one of `codecs`.
///
/// Of the forms that a model takes, the caller's own is used when it is one of them, else the first. A model that takes
/// none of an operation fails with `errc::unsupported_operation`. Does no I/O; called from several threads.
/// With `static constexpr std::string_view form_prefix` names of models behind a wildcard may begin with that text, which `takes` sees and
/// the vendor does not.
template <class P>
concept choosing_provider = requires(const codec_ops& form, const deployment& d, std::string_view model) {
    { P::takes(form, d, model) } -> std::same_as<bool>;
};

/// A provider whose models differ in how requests to them are written: `static model_traits traits_of(const deployment&,
/// std::string_view model)`, used in place of `facts.traits` where a deployment has no traits of its own.
template <class P>
concept traits_provider = requires(const deployment& d, std::string_view model) {
    { P::traits_of(d, model) } -> std::same_as<model_traits>;
};

/// A provider with codecs that are in a program only when it names their operation (`operation`): their names, as
/// `static constexpr std::string_view on_demand[] = {"openai_moderations"};`. The first of an operation is the one that requests in other
/// languages are translated to. Codecs of `codecs` come after these.
template <class P>
concept on_demand_provider = requires { { std::span<const std::string_view>(P::on_demand) } -> std::same_as<std::span<const std::string_view>>; };

/// A provider that checks a model's name without the vendor: `static result<void> check_model(std::string_view)`.
template <class P>
concept model_checking_provider = requires(std::string_view model) {
    { P::check_model(model) } -> std::same_as<result<void>>;
};

/// A provider with a model that needs no account, `ready_model`: a program without a configuration serves it under the
/// provider's name.
template <class P>
concept ready_provider = requires {
    { P::ready_model } -> std::convertible_to<std::string_view>;
};

/// A provider that has a state of each deployment beyond what calls show: `static std::string report(const deployment&)`, one JSON object
/// without secrets for `/health`; empty: there is none. Called from several threads; does not block.
template <class P>
concept reporting_provider = requires(const deployment& d) {
    { P::report(d) } -> std::same_as<std::string>;
};

/// A provider that keeps something alive for its deployments: `static void replaced(std::span<const deployment> before, std::span<const
/// deployment> now)`, called after a reload has replaced the deployments \p before, of all providers, by \p now.
///
/// Calls that began earlier, and cores that have had none since, still use those of \p before. Any thread; it does not block or throw.
template <class P>
concept replacing_provider = requires(std::span<const deployment> before, std::span<const deployment> now) {
    { P::replaced(before, now) } -> std::same_as<void>;
};

namespace detail {
/// Whether \p what asks for the state of a video: the encoder has written its path, and no model is in it.
[[nodiscard]] inline bool asks_video_state(const outgoing& what) noexcept { return what.codec->operation->name == "video_state"; }
/// Makes \p out the GET that asks for it, with the path behind its target.
inline void prepare_video_state(const outgoing& what, http_request& out) {
    out.method = "GET";
    out.target += what.url_end;
    // There is no body whose type the fields would name.
    out.fields.insert(0, "accept: application/json\r\n");
    constexpr std::string_view type = "content-type: application/json\r\n";
    if (const std::size_t at = out.fields.find(type); at != std::string::npos) out.fields.erase(at, type.size());
}

/// `errc::bad_configuration` when \p value cannot be in a header.
[[nodiscard]] inline result<void> check_one_line(std::string_view name, std::string_view value) {
    if (safe_field_value(value)) return success();
    return error(errc::bad_configuration, std::string(name) + " holds a line break");
}
/// Whether \p P has a member of this name, which then must satisfy the concept.
template <class P>
concept names_takes = requires { &P::takes; };
template <class P>
concept names_traits_of = requires { &P::traits_of; };
template <class P>
concept names_complete = requires { &P::complete; };
template <class P>
concept names_replaced = requires { &P::replaced; };

/// `errc::bad_configuration` when the settings of \p d are another provider's.
template <class P> [[nodiscard]] result<void> check_settings_type(const deployment& d) {
    bool fits = d.settings.empty();
    if constexpr (provider_with_settings<P>) fits = fits || d.settings.holds<typename P::settings>();
    if (fits) return success();
    return error(errc::bad_configuration, "its settings are not those of provider '" + std::string(P::name) + "'");
}
/// The checks of \p P: the type of the settings, then its own.
template <class P> [[nodiscard]] result<void> check_deployment(const deployment& d) {
    if (const result<void> fits = check_settings_type<P>(d); !fits) return fits;
    if constexpr (checking_provider<P>) return P::check(d);
    else return success();
}
template <completing_provider P> [[nodiscard]] result<void> complete_deployment(deployment& d, const variable_lookup& variables) {
    if (const result<void> fits = check_settings_type<P>(d); !fits) return fits;
    return P::complete(d, variables);
}
/// A member that each object has would pass as `P::name` where nothing is evaluated.
template <class P> concept has_static_name = requires { typename std::bool_constant<std::string_view(P::name).empty()>; };
template <class P> concept has_codec_list = requires { requires is_codec_list<typename P::codecs>; };
template <class List> struct check_codecs;
template <class... Cs> struct check_codecs<codec_list<Cs...>> {
    static_assert(((sizeof(check_codec<Cs>) != 0) && ...));
};
template <class P> struct check_codecs_of {};
template <has_codec_list P> struct check_codecs_of<P> : check_codecs<typename P::codecs> {};
template <class List> inline constexpr bool good_codecs = false;
template <class... Cs> inline constexpr bool good_codecs<codec_list<Cs...>> = (codec<Cs> && ...);
/// What is needed for a provider's table: a class that has failed its checks is no constant for clang.
template <class P> concept good_provider = has_static_name<P> && provider<P> && good_codecs<typename P::codecs>;
} // namespace detail

/// The members of the provider \p P, each with a sentence. The optional ones that need
/// a runtime are in `check_provider_hooks` (registry/provider_ops.hpp).
template <class P> struct check_provider : detail::check_codecs_of<P> {
    static_assert(std::copy_constructible<P>, "llmx: a provider can be copied");
    static_assert(detail::has_static_name<P>,
                  "llmx: a provider's name is static constexpr std::string_view name");
    static_assert(detail::has_codec_list<P>, "llmx: a provider's codecs is a list with at least one: using codecs = codec_list<openai_chat>;");
    static_assert(requires { { P::facts } -> std::convertible_to<provider_facts>; },
                  "llmx: a provider's facts is static constexpr provider_facts facts");
    static_assert(requires(const P& p, const deployment& d, const outgoing& what, http_request& out) {
        { p.prepare(d, what, out) } -> std::same_as<result<void>>;
    }, "llmx: a provider's prepare is result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const");
    static_assert(requires(const P& p, int status, std::span<const http_field> fields, std::string_view body) {
        { p.classify(status, fields, body) } -> std::same_as<error>;
    }, "llmx: a provider's classify is error classify(int status, std::span<const http_field> fields, std::string_view body) const");
    static_assert(!requires { typename P::settings; } || provider_with_settings<P>,
                  "llmx: a provider's settings is a default-constructible type that can be copied");
    static_assert(!requires { &P::check; } || checking_provider<P>, "llmx: a provider's check is static result<void> check(const deployment& d)");
    static_assert(!detail::names_complete<P> || completing_provider<P>,
                  "llmx: a provider's complete is static result<void> complete(deployment& d, const variable_lookup& variables)");
    static_assert(!detail::names_takes<P> || choosing_provider<P>,
                  "llmx: a provider's takes is static bool takes(const codec_ops& form, const deployment& d, std::string_view model)");
    static_assert(!detail::names_traits_of<P> || traits_provider<P>,
                  "llmx: a provider's traits_of is static model_traits traits_of(const deployment& d, std::string_view model)");
    static_assert(!requires { &P::check_model; } || model_checking_provider<P>,
                  "llmx: a provider's check_model is static result<void> check_model(std::string_view model)");
    static_assert(!requires { &P::ready_model; } || ready_provider<P>,
                  "llmx: a provider's ready_model is static constexpr std::string_view ready_model");
    static_assert(!requires { &P::report; } || reporting_provider<P>,
                  "llmx: a provider's report is static std::string report(const deployment& d)");
    static_assert(!detail::names_replaced<P> || replacing_provider<P>, "llmx: a provider's replaced is static void "
                  "replaced(std::span<const deployment> before, std::span<const deployment> now)");
    static_assert(!requires { &P::asks_usage; } || requires(const deployment& d) { { P::asks_usage(d) } -> std::same_as<bool>; },
                  "llmx: a provider's asks_usage is static bool asks_usage(const deployment& d)");
    static_assert(!requires { &P::takes_stream_options; } || requires { { P::takes_stream_options } -> std::convertible_to<bool>; },
                  "llmx: a provider's takes_stream_options is static constexpr bool takes_stream_options");
};

} // namespace llmx::inline LLMX_ABI
