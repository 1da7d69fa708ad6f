// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/model_traits.hpp>
#include <llmx/core/name_list.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/wire/http_message.hpp>

#include <concepts>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// What one attempt asks of a provider.
struct outgoing {
    explicit outgoing(const codec_ops& form) noexcept : codec(&form) {}
    /// Form of the request, one of the provider's; its operation and path.
    const codec_ops* codec;
    /// What the codec adds to the provider's base URL.
    [[nodiscard]] std::string_view path() const noexcept {
        return stream && !codec->stream_path.empty() ? codec->stream_path : codec->path;
    }
    bool stream = false;
    /// Provider's name of the model.
    std::string_view model;
};

/// What a program needs to know to configure a vendor, all as data.
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
};

namespace detail {
template <class T> inline constexpr bool is_codec_list = false;
template <class... Cs> inline constexpr bool is_codec_list<codec_list<Cs...>> = sizeof...(Cs) != 0;
} // namespace detail

/// A vendor: what it can do (`codecs`), an endpoint, credentials and quirks.
///
/// `prepare` writes target and fields (credentials included) of a request whose body
/// is already there; `classify` turns an answer with an error status into a typed
/// error. Both are const, do no I/O and may be called from several threads. A provider
/// of one's own needs a name, a list of codecs, facts and these two; `settings` and `check` are
/// optional (`provider_with_settings`, `completing_provider`, `checking_provider`, `model_checking_provider`,
/// `ready_provider`). Settings are read from a configuration by their `keys` (core/settings_keys.hpp). An operation that no codec in
/// the list has fails with `errc::unsupported_operation`.
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
/// What it fails with is reported under the deployment's id and must hold no secret.
template <class P>
concept checking_provider = requires(const deployment& d) {
    { P::check(d) } -> std::same_as<result<void>>;
};

/// A provider that makes what a deployment leaves out of its settings (a region's base URL): `static result<void>
/// complete(deployment&)`, called before `check` when the deployment is configured; its failures are as `check`'s.
template <class P>
concept completing_provider = requires(deployment& d) {
    { P::complete(d) } -> std::same_as<result<void>>;
};

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

namespace detail {
/// `errc::bad_configuration` when \p value cannot stand in a header.
[[nodiscard]] inline result<void> check_one_line(std::string_view name, std::string_view value) {
    if (safe_field_value(value)) return success();
    return error(errc::bad_configuration, std::string(name) + " holds a line break");
}
/// Whether the settings of \p d are those of \p P, or none.
template <class P> [[nodiscard]] result<void> check_settings_type(const deployment& d) {
    bool fits = d.settings.empty();
    if constexpr (provider_with_settings<P>) fits = fits || d.settings.holds<typename P::settings>();
    if (fits) return success();
    return error(errc::bad_configuration, "its settings are not those of provider '" + std::string(P::name) + "'");
}
/// What \p P makes of its settings.
template <completing_provider P> [[nodiscard]] result<void> complete_deployment(deployment& d) {
    if (const result<void> own = check_settings_type<P>(d); own.has_error()) return own;
    return P::complete(d);
}
/// The checks of \p P: the type of the settings, then its own.
template <class P> [[nodiscard]] result<void> check_deployment(const deployment& d) {
    if (const result<void> own = check_settings_type<P>(d); own.has_error()) return own;
    if constexpr (checking_provider<P>) return P::check(d);
    else return success();
}
} // namespace detail

} // namespace llmx::inline v0
