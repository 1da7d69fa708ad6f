// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/model_traits.hpp>
#include <llmx/core/name_list.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/providers/message_rules.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// One change that a vendor demands of a member of a request's top level. Constant data; made by the
/// functions below.
struct member_edit {
    enum class kind : std::uint8_t { rename, at_most, map, only, add, exchange };
    kind what = kind::rename;
    /// The member, as OpenAI's language names it.
    std::string_view name;
    /// Its new name, or the JSON text of its new value.
    std::string_view to;
    /// JSON texts of values, separated by spaces.
    std::string_view values;
    /// The member that takes the place of the one exchanged.
    std::string_view other = {};
    double most = 0;
};

/// The vendor calls the member \p name \p to. When a request has both, the first counts.
[[nodiscard]] constexpr member_edit rename_member(std::string_view name, std::string_view to) noexcept {
    member_edit e;
    e.name = name;
    e.to = to;
    return e;
}
/// A number above \p most becomes \p most, whose JSON text is \p text. Reported as a hint.
[[nodiscard]] constexpr member_edit limit_member(std::string_view name, double most, std::string_view text) noexcept {
    member_edit e;
    e.what = member_edit::kind::at_most;
    e.name = name;
    e.to = text;
    e.most = most;
    return e;
}
/// The JSON value \p from is written \p to, which means the same to the vendor.
[[nodiscard]] constexpr member_edit map_member(std::string_view name, std::string_view from, std::string_view to) noexcept {
    member_edit e;
    e.what = member_edit::kind::map;
    e.name = name;
    e.values = from;
    e.to = to;
    return e;
}
/// The vendor refuses all but \p values, JSON texts separated by spaces; another value is treated as a
/// refused member is.
[[nodiscard]] constexpr member_edit allow_values(std::string_view name, std::string_view values) noexcept {
    member_edit e;
    e.what = member_edit::kind::only;
    e.name = name;
    e.values = values;
    return e;
}
/// In place of the member \p name with one of \p values, JSON texts separated by spaces, the vendor takes the member
/// \p other with the JSON value \p to: an effort of "none" is `"thinking":{"type":"disabled"}`. A request that has
/// \p other as well keeps that and loses \p name.
[[nodiscard]] constexpr member_edit exchange_member(std::string_view name, std::string_view values, std::string_view other,
                                                    std::string_view to) noexcept {
    member_edit e;
    e.what = member_edit::kind::exchange;
    e.name = name;
    e.values = values;
    e.other = other;
    e.to = to;
    return e;
}
/// A request without the member gets it, with the JSON value \p value.
[[nodiscard]] constexpr member_edit add_member(std::string_view name, std::string_view value) noexcept {
    member_edit e;
    e.what = member_edit::kind::add;
    e.name = name;
    e.to = value;
    return e;
}

/// How the vendor calls the limit of a chat answer's tokens.
enum class token_limit_name : std::uint8_t {
    /// Both `max_tokens` and `max_completion_tokens`.
    as_sent,
    max_tokens,
    max_completion_tokens
};

/// Operations of OpenAI's language that a vendor serves, as bits of `vendor_row::operations`.
namespace serves {
inline constexpr std::uint32_t chat = 1, embeddings = 2, speech = 4, transcription = 8, translation = 16, realtime = 32,
                               huggingface_features = 64, mistral_chat = 128;
/// How many of them are in each program with the vendor. The others are in programs that name the operation (`on_demand_provider`).
inline constexpr std::size_t always = 8;
/// In the forms of `form_names`. Several forms of one operation exclude each other.
inline constexpr std::uint32_t moderations = 1 << 8, mistral_moderations = 1 << 9, rerank = 1 << 10, voyage_rerank = 1 << 11,
                               tei_rerank = 1 << 12, deepinfra_rerank = 1 << 13, images = 1 << 14, image_edits = 1 << 15,
                               image_variations = 1 << 16, completions = 1 << 17, mistral_fim = 1 << 18, ocr = 1 << 19, search = 1 << 20;
inline constexpr std::size_t count = 21;
/// The codecs of the bits from `moderations` on.
inline constexpr std::array<std::string_view, count - always> form_names = {
    "openai_moderations", "mistral_moderations", "cohere_rerank", "voyage_rerank", "tei_rerank", "deepinfra_rerank",
    "openai_images", "openai_image_edits", "openai_image_variations", "openai_completions", "mistral_fim", "mistral_ocr", "perplexity_search"};
} // namespace serves

/// A path that differs from the one that the codec of an operation has.
struct operation_path {
    const operation_info* of = nullptr;
    /// "{model}" in it is replaced by the model's name, whose slashes stay.
    std::string_view path;
    /// The codec that it is for, by name; empty: the one of `codec_list` that the operation has first.
    std::string_view codec = {};
    /// It takes the place of the base URL's whole path.
    bool from_root = false;
    /// The host of the base URL that it is for; empty: any. The last path that fits counts.
    std::string_view host = {};
};

/// A kind of base URL under which a vendor has other paths or credentials than its row. Constant data of `vendor_row::forms`.
struct base_form {
    /// The end of the host's name (".services.ai.azure.com"); empty: any host.
    std::string_view host = {};
    /// The end of the base URL's path; empty: any path.
    std::string_view path = {};
    /// Further paths stand behind `path` ("/api/v2/deployments/7").
    bool anywhere = false;
    /// `suffix` takes the place of `path`.
    bool replaces = false;
    /// Put between the base URL's path and the operation's.
    std::string_view suffix = {};
    /// Put behind the operation's path, with its question mark.
    std::string_view query = {};
    /// Header field and prefix of the key; an empty field: those of the row.
    std::string_view auth_field = {};
    std::string_view auth_prefix = {};

    [[nodiscard]] constexpr bool fits(std::string_view host_name, std::string_view base_path) const noexcept {
        if (!host_name.ends_with(host)) return false;
        return anywhere ? base_path.find(path) != std::string_view::npos : base_path.ends_with(path);
    }
};

/// Messages at most vendors with OpenAI's form: nothing that is OpenAI's alone or a gateway's. Each of these members has ended requests somewhere.
inline constexpr message_rules ordinary_messages = {.developer_role = false, .gateway_members = false};
/// At vendors that are gateways themselves, where it has an effect.
inline constexpr message_rules gateway_messages = {.developer_role = false};

/// An OpenAI-compatible vendor as constant data: its address, its name, and how its
/// requests differ from OpenAI's.
///
/// A row's edits are applied to requests in OpenAI's language, whose bytes pass otherwise, and to those
/// that are translated into it. Views of literals. The source of the facts is beside each row.
struct vendor_row {
    std::string_view name;
    /// Further names in configurations.
    name_list aliases = name_list();
    /// Base URL; empty: each deployment names one. `{NAME}` in it is replaced by an environment variable that
    /// each account has a value of its own for, `{NAME|OTHER}` by the first that is set.
    std::string_view base = {};
    /// Appended to a configured base URL that does not end with it ("/v1").
    std::string_view version = {};
    name_list key_env = name_list();
    name_list base_env = name_list();
    bool needs_key = true;
    /// The header field of the key, and what is before the key in it. Without a key there is none.
    std::string_view auth_field = "authorization";
    std::string_view auth_prefix = "Bearer ";
    /// Of `serves`.
    std::uint32_t operations = serves::chat;
    std::span<const operation_path> paths = {};
    /// The first that fits a deployment's base URL is used in place of `version`.
    std::span<const base_form> forms = {};
    /// Header lines that each request carries, every one ended by CRLF.
    std::string_view fields = {};
    /// A mark at the beginning of keys in configurations, which is no part of the key ("pat/").
    std::string_view key_mark = {};
    token_limit_name limit = token_limit_name::as_sent;
    std::span<const member_edit> edits = {};
    /// The changes of requests for embeddings; the other members are those of chat requests.
    std::span<const member_edit> embedding_edits = {};
    /// A message's content that is a list of texts becomes one string, since the vendor takes no list; a list with
    /// anything else in it stays.
    bool text_content = false;
    /// Members that the vendor does not take. One whose value OpenAI documents as the default, or that steers
    /// storage or caching only, is left out and reported as a hint; any other changes the answer: an
    /// `errc::unsupported_parameter`, or left out and reported where drop_params is set. With "stream_options"
    /// among them streams carry their usage unasked, or none.
    std::span<const std::string_view> refuses = {};
    model_traits::reasoning_style reasoning = model_traits::reasoning_style::effort;
    bool native_json_schema = true;
    /// Ids of calls have exactly so many ASCII letters and digits: others, which other vendors gave, get such ids, the
    /// same in every request. 0: any id.
    std::uint8_t call_id_length = 0;

    /// What the vendor takes in messages and tools.
    message_rules messages = ordinary_messages;

    /// Whether its URLs and header fields are more than base, version, path and key.
    [[nodiscard]] constexpr bool has_forms() const noexcept { return !forms.empty() || !fields.empty(); }
    [[nodiscard]] constexpr bool does_refuse(std::string_view member) const noexcept {
        for (const std::string_view name_of_one : refuses)
            if (name_of_one == member) return true;
        return false;
    }
};

namespace detail {
/// The names of \p more after those of \p some.
template <std::size_t N, std::size_t M>
[[nodiscard]] constexpr std::array<std::string_view, N + M> join_names(const std::array<std::string_view, N>& some,
                                                                      const std::array<std::string_view, M>& more) noexcept {
    std::array<std::string_view, N + M> all{};
    for (std::size_t i = 0; i < N; ++i) all[i] = some[i];
    for (std::size_t i = 0; i < M; ++i) all[N + i] = more[i];
    return all;
}
} // namespace detail

} // namespace llmx::inline LLMX_ABI
