// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/huggingface/features.hpp>
#include <llmx/dialects/mistral/chat.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/providers/row_edits.hpp>
#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

namespace detail {

LLMX_DECL void prepare_row(const vendor_row& row, const deployment& d, const outgoing& what, http_request& out);
/// The same for a row with `has_forms`, which others pay nothing for.
LLMX_DECL void prepare_row_with_forms(const vendor_row& row, const deployment& d, const outgoing& what, http_request& out);
/// Takes the row's mark from the key of \p d.
LLMX_DECL void complete_row(const vendor_row& row, deployment& d);
LLMX_DECL [[nodiscard]] error classify_row(const vendor_row& row, int status, std::span<const http_field> fields,
                                           std::string_view body);
[[nodiscard]] constexpr provider_facts facts_of_row(const vendor_row& row) noexcept {
    provider_facts f;
    f.default_base = row.base;
    f.key_env = row.key_env;
    f.base_env = row.base_env;
    f.needs_key = row.needs_key;
    f.traits.reasoning = row.reasoning;
    f.traits.native_json_schema = row.native_json_schema;
    f.traits.max_completion_tokens = row.limit == token_limit_name::max_completion_tokens;
    f.aliases = row.aliases;
    return f;
}

/// The operations that the bits of a row's `operations` select, in the order of the bits.
LLMX_DECL inline constexpr std::array<const codec_ops*, serves::always> row_codecs = {
    &codec_of<openai_chat>,          &codec_of<openai_embeddings>,  &codec_of<openai_speech>,
    &codec_of<openai_transcription>, &codec_of<openai_translation>, &codec_of<openai_realtime>,
    &codec_of<huggingface_features>, &codec_of<mistral_chat>};

/// The codecs of one row, as an array that is filled from its front.
struct codecs_of_row {
    LLMX_DECL constexpr explicit codecs_of_row(const vendor_row& row) noexcept {
        for (std::size_t i = 0; i < serves::always; ++i)
            if ((row.operations >> i & 1) != 0) all[size++] = LLMX_PLAIN(row_codecs)[i];
    }
    std::array<const codec_ops*, serves::always> all{};
    std::size_t size = 0;
};

/// The names of the codecs that a row leaves to those who call (`on_demand_provider`), likewise.
struct forms_of_row {
    constexpr explicit forms_of_row(const vendor_row& row) noexcept {
        for (std::size_t i = serves::always; i < serves::count; ++i)
            if ((row.operations >> i & 1) != 0) all[size++] = serves::form_names[i - serves::always];
    }
    [[nodiscard]] constexpr std::span<const std::string_view> view() const noexcept { return {all.data(), size}; }
    std::array<std::string_view, serves::form_names.size()> all{};
    std::size_t size = 0;
};

template <class List, class... More> struct appended_codecs;
template <class... Cs, class... More> struct appended_codecs<codec_list<Cs...>, More...> {
    using type = codec_list<Cs..., More...>;
};
/// The codecs of a row as a type.
template <std::uint32_t Operations, std::size_t Bit, class List, class... Left> struct listed_codecs {
    using type = List;
};
template <std::uint32_t Operations, std::size_t Bit, class List, class First, class... Left>
struct listed_codecs<Operations, Bit, List, First, Left...> {
    using next = typename std::conditional_t<(Operations >> Bit & 1) != 0, appended_codecs<List, First>, appended_codecs<List>>::type;
    using type = typename listed_codecs<Operations, Bit + 1, next, Left...>::type;
};

/// The `complete` of a row that has one; a constraint would not hide it from g++ 12, which takes the address of such a function.
template <const vendor_row& Row, bool Completes> struct row_completion {};
template <const vendor_row& Row> struct row_completion<Row, true> {
    [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup&) {
        complete_row(Row, d);
        return success();
    }
};

} // namespace detail

/// A provider made of one row: `using groq = vendor<rows::groq>`.
template <const vendor_row& Row> struct vendor : detail::row_completion<Row, !Row.key_mark.empty()> {
    static constexpr std::string_view name = Row.name;
    static constexpr const vendor_row& row = Row;
    using codecs = typename detail::listed_codecs<Row.operations, 0, codec_list<>, openai_chat, openai_embeddings,
                                                  openai_speech, openai_transcription, openai_translation, openai_realtime,
                                                  huggingface_features, mistral_chat>::type;
    static constexpr detail::forms_of_row forms{Row};
    static constexpr std::span<const std::string_view> on_demand = forms.view();
    static constexpr provider_facts facts = detail::facts_of_row(Row);
    static constexpr bool takes_stream_options = !Row.does_refuse("stream_options");

    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        if constexpr (Row.has_forms()) detail::prepare_row_with_forms(Row, d, what, out);
        else detail::prepare_row(Row, d, what, out);
        return success();
    }
    [[nodiscard]] result<void> edit(request_edit& e) const { return apply_row(Row, e); }
    [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return detail::classify_row(Row, status, fields, body);
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/vendor.ipp>
#endif
