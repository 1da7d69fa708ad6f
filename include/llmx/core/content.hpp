// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A prompt-cache breakpoint: the provider may cache everything up to here.
struct cache_control {
    cache_control() = default;
    explicit cache_control(std::string t) noexcept : ttl(std::move(t)) {}
    /// Lifetime as the provider writes it ("5m", "1h"); empty for its default.
    std::string ttl;
    friend bool operator==(const cache_control&, const cache_control&) = default;
};
LLMX_DESCRIBE(cache_control, (ttl))

/// Where the bytes of an image, an audio clip or a file are.
struct media {
    media() = default;
    [[nodiscard]] static media from_url(std::string u) {
        media m;
        m.url = std::move(u);
        return m;
    }
    [[nodiscard]] static media from_base64(std::string type, std::string base64) {
        media m;
        m.media_type = std::move(type);
        m.data = std::move(base64);
        return m;
    }
    [[nodiscard]] static media from_file_id(std::string id) {
        media m;
        m.file_id = std::move(id);
        return m;
    }

    /// MIME type such as "image/png"; may be empty beside a URL.
    std::string media_type;
    /// The bytes in standard base64 (RFC 4648 section 4); empty for a reference.
    std::string data;
    /// An http(s) URL; empty for inline bytes.
    std::string url;
    /// A file already stored at the provider.
    std::string file_id;
    friend bool operator==(const media&, const media&) = default;
};
LLMX_DESCRIBE(media, (media_type, data, url, file_id))

/// A citation or annotation, in the words of the dialect it came from.
struct citation {
    citation() = default;
    /// Cited source, when it has one.
    std::string url, title;
    /// Text quoted from the source.
    std::string quote;
    /// Range in the text it belongs to, in characters (Unicode code points); -1 for none.
    std::int64_t start = -1, end = -1;
    /// The whole citation as it arrived, and the dialect that can express it.
    extra_members original;
    friend bool operator==(const citation&, const citation&) = default;
};
LLMX_DESCRIBE(citation, (url, title, quote, start, end, original))

/// Plain text.
struct text_part {
    text_part() = default;
    explicit text_part(std::string t) noexcept : text(std::move(t)) {}
    std::string text;
    std::vector<citation> citations;
    /// Opaque proof of the reasoning behind this text (Gemini's thoughtSignature).
    std::string signature;
    std::optional<cache_control> cache;
    extra_members extra;
    friend bool operator==(const text_part&, const text_part&) = default;
};
LLMX_DESCRIBE(text_part, (text, citations, signature, cache, extra))

/// The model declines to answer, in its own words.
struct refusal_part {
    refusal_part() = default;
    explicit refusal_part(std::string t) noexcept : text(std::move(t)) {}
    std::string text;
    friend bool operator==(const refusal_part&, const refusal_part&) = default;
};
LLMX_DESCRIBE(refusal_part, (text))

/// An image.
struct image_part {
    image_part() = default;
    explicit image_part(media m) noexcept : source(std::move(m)) {}
    media source;
    /// OpenAI's "low", "high" or "auto"; empty when unset.
    std::string detail;
    std::optional<cache_control> cache;
    extra_members extra;
    friend bool operator==(const image_part&, const image_part&) = default;
};
LLMX_DESCRIBE(image_part, (source, detail, cache, extra))

/// A recording, or speech that a model produced.
struct audio_part {
    audio_part() = default;
    explicit audio_part(media m) noexcept : source(std::move(m)) {}
    media source;
    std::optional<cache_control> cache;
    extra_members extra;
    friend bool operator==(const audio_part&, const audio_part&) = default;
};
LLMX_DESCRIBE(audio_part, (source, cache, extra))

/// A document such as a PDF.
struct file_part {
    file_part() = default;
    explicit file_part(media m, std::string name = std::string()) noexcept
        : source(std::move(m)), filename(std::move(name)) {}
    media source;
    std::string filename;
    std::optional<cache_control> cache;
    extra_members extra;
    friend bool operator==(const file_part&, const file_part&) = default;
};
LLMX_DESCRIBE(file_part, (source, filename, cache, extra))

/// The reasoning of a model. It must be sent back unchanged with tool results.
struct thinking_part {
    thinking_part() = default;
    explicit thinking_part(std::string t, std::string sig = std::string(), std::string by = std::string()) noexcept
        : text(std::move(t)), signature(std::move(sig)), signer(std::move(by)) {}
    /// Whether the vendor behind \p dialect will recognise the signature as its own.
    [[nodiscard]] bool signed_for(std::string_view dialect) const noexcept {
        return !signature.empty() && (signer.empty() || signer == dialect);
    }
    std::string text;
    /// Opaque proof that the provider wrote it; empty when it gave none.
    std::string signature;
    /// Name of the dialect whose vendor signed; empty when unknown, and then every encoder
    /// takes the signature for its own vendor's.
    std::string signer;
    /// Encrypted thinking; then `text` is empty.
    std::string redacted_data;
    extra_members extra;
    friend bool operator==(const thinking_part&, const thinking_part&) = default;
};
LLMX_DESCRIBE(thinking_part, (text, signature, signer, redacted_data, extra))

/// The model requests a call of a function.
struct tool_call_part {
    tool_call_part() = default;
    tool_call_part(std::string call_id, std::string function, std::string json) noexcept
        : id(std::move(call_id)), name(std::move(function)), arguments(std::move(json)) {}
    std::string id;
    std::string name;
    /// JSON text of the arguments, as the model wrote it (it may be invalid).
    std::string arguments;
    /// Opaque proof of the reasoning that led to the call (Gemini's thoughtSignature).
    std::string signature;
    std::optional<cache_control> cache;
    extra_members extra;
    friend bool operator==(const tool_call_part&, const tool_call_part&) = default;
};
LLMX_DESCRIBE(tool_call_part, (id, name, arguments, signature, cache, extra))

/// The result of a tool. Parts may be text, images or files.
struct tool_result_part {
    tool_result_part();
    tool_result_part(std::string id, std::string text);
    std::string call_id;
    /// Name of the function; some dialects need it, others infer it from the id.
    std::string name;
    std::vector<std::variant<text_part, image_part, file_part>> content;
    bool is_error = false;
    std::optional<cache_control> cache;
    extra_members extra;
    friend bool operator==(const tool_result_part&, const tool_result_part&) = default;
};
LLMX_DESCRIBE(tool_result_part, (call_id, name, content, is_error, cache, extra))

inline tool_result_part::tool_result_part() = default;
inline tool_result_part::tool_result_part(std::string id, std::string text) : call_id(std::move(id)) {
    content.emplace_back(text_part(std::move(text)));
}

/// A part that only one dialect can express, kept whole (server tool use, code
/// execution results, ...). Other dialects report it as dropped.
struct opaque_part {
    opaque_part() = default;
    opaque_part(std::string_view dialect, std::string json) noexcept
        : origin(dialect), value(std::move(json)) {}
    /// Name of the dialect; static storage duration.
    std::string_view origin;
    raw_json value;
    friend bool operator==(const opaque_part&, const opaque_part&) = default;
};
LLMX_DESCRIBE(opaque_part, (origin, value))

/// One piece of a message.
using content_part = std::variant<text_part, refusal_part, image_part, audio_part, file_part,
                                  thinking_part, tool_call_part, tool_result_part, opaque_part>;

} // namespace llmx::inline LLMX_ABI
