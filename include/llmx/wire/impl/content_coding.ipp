// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/content_coding.hpp>
#include <llmx/wire/http_message.hpp>

#if defined(LLMX_WITH_ZLIB)
#include <zlib.h>
#endif
#if defined(LLMX_WITH_BROTLI)
#include <brotli/decode.h>
#endif

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] error miscoded(std::string_view coding) {
    std::string text = "the body is not in the content coding '";
    text += coding;
    text += "' that its header names";
    return error(errc::bad_response, std::move(text));
}

#if defined(LLMX_WITH_ZLIB)
class zlib_decoder final : public content_decoder {
public:
    explicit zlib_decoder(bool gzip) noexcept : gzip_(gzip) {}
    zlib_decoder(const zlib_decoder&) = delete;
    zlib_decoder& operator=(const zlib_decoder&) = delete;
    ~zlib_decoder() override {
        if (open_) ::inflateEnd(&z_);
    }
    LLMX_INLINE result<void> decode(std::string_view& in, std::string& out, std::size_t most) override;
    [[nodiscard]] bool whole() const noexcept override { return ended_ && !failed_; }

private:
    /// Opens the decoder by the body's first two bytes; false until they are there.
    [[nodiscard]] bool begin(std::string_view& in);
    [[nodiscard]] result<void> run(std::string_view& in, std::string& out, std::size_t most);

    z_stream z_{};
    std::string head_;
    bool gzip_, open_ = false, ended_ = false, failed_ = false;
};

LLMX_INLINE bool zlib_decoder::begin(std::string_view& in) {
    while (head_.size() < 2 && !in.empty()) {
        head_ += in.front();
        in.remove_prefix(1);
    }
    if (head_.size() < 2) return false;
    const auto first = static_cast<unsigned char>(head_[0]), second = static_cast<unsigned char>(head_[1]);
    // RFC 1950 section 2.2: method 8, and a checksum of the two bytes; RFC 1951 has no header.
    const bool wrapped = (first & 15u) == 8 && (first * 256u + second) % 31 == 0;
    constexpr int window = 15, with_gzip_header = 16;
    open_ = ::inflateInit2(&z_, gzip_ ? window + with_gzip_header : wrapped ? window : -window) == Z_OK;
    failed_ = !open_;
    return open_;
}

LLMX_INLINE result<void> zlib_decoder::run(std::string_view& in, std::string& out, std::size_t most) {
    // zlib counts in unsigned int.
    const std::size_t room = std::min<std::size_t>(most, std::numeric_limits<int>::max());
    const std::size_t given = std::min<std::size_t>(in.size(), std::numeric_limits<int>::max());
    const std::size_t before = out.size();
    out.resize(before + room);
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    z_.avail_in = static_cast<uInt>(given);
    z_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    z_.avail_out = static_cast<uInt>(room);
    const int done = ::inflate(&z_, Z_NO_FLUSH);
    in.remove_prefix(given - z_.avail_in);
    out.resize(before + room - z_.avail_out);
    ended_ = done == Z_STREAM_END;
    // Z_BUF_ERROR: nothing to do, which is no fault.
    failed_ = done != Z_OK && done != Z_STREAM_END && done != Z_BUF_ERROR;
    if (failed_) return miscoded(gzip_ ? "gzip" : "deflate");
    return success();
}

LLMX_INLINE result<void> zlib_decoder::decode(std::string_view& in, std::string& out, std::size_t most) {
    const std::size_t before = out.size();
    if (!open_ && !failed_ && !begin(in) && !failed_) return success();
    while (!failed_ && out.size() - before < most) {
        // Output may wait in the decoder without any input.
        std::string_view head = head_;
        std::string_view& next = head.empty() ? in : head;
        const std::size_t had = next.size(), so_far = out.size();
        if (ended_) {
            if (next.empty()) return success();
            // RFC 1952 section 2.2: members follow each other. Nothing follows the other form.
            failed_ = !gzip_ || ::inflateReset(&z_) != Z_OK;
            if (failed_) break;
            ended_ = false;
        }
        if (const result<void> ran = run(next, out, most - (so_far - before)); !ran) return ran;
        const bool used = next.size() != had;
        if (&next == &head) head_.erase(0, had - head.size());
        if (!used && out.size() == so_far) return success();
    }
    if (failed_) return miscoded(gzip_ ? "gzip" : "deflate");
    return success();
}
#endif

#if defined(LLMX_WITH_BROTLI)
class brotli_decoder final : public content_decoder {
public:
    brotli_decoder() : state_(::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) { failed_ = state_ == nullptr; }
    brotli_decoder(const brotli_decoder&) = delete;
    brotli_decoder& operator=(const brotli_decoder&) = delete;
    ~brotli_decoder() override {
        if (state_ != nullptr) ::BrotliDecoderDestroyInstance(state_);
    }
    LLMX_INLINE result<void> decode(std::string_view& in, std::string& out, std::size_t most) override;
    [[nodiscard]] bool whole() const noexcept override { return !failed_ && ::BrotliDecoderIsFinished(state_) != 0; }

private:
    BrotliDecoderState* state_;
    bool failed_ = false;
};

LLMX_INLINE result<void> brotli_decoder::decode(std::string_view& in, std::string& out, std::size_t most) {
    if (failed_) return miscoded("br");
    const std::size_t before = out.size();
    out.resize(before + most);
    std::size_t in_left = in.size(), out_left = most;
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    auto* next_out = reinterpret_cast<std::uint8_t*>(out.data() + before);
    const BrotliDecoderResult done = ::BrotliDecoderDecompressStream(state_, &in_left, &next_in, &out_left, &next_out, nullptr);
    in.remove_prefix(in.size() - in_left);
    out.resize(before + most - out_left);
    // Nothing follows the end.
    failed_ = done == BROTLI_DECODER_RESULT_ERROR || (done == BROTLI_DECODER_RESULT_SUCCESS && in_left != 0);
    if (failed_) return miscoded("br");
    return success();
}
#endif

} // namespace detail

LLMX_DECL content_coding content_coding_of(std::string_view field) noexcept {
    constexpr std::string_view blank = " \t";
    const std::size_t first = field.find_first_not_of(blank);
    if (first == std::string_view::npos) return content_coding::identity;
    const std::string_view name = field.substr(first, field.find_last_not_of(blank) - first + 1);
    if (iequals(name, "gzip") || iequals(name, "x-gzip")) return content_coding::gzip;
    if (iequals(name, "identity")) return content_coding::identity;
    if (iequals(name, "deflate")) return content_coding::deflate;
    if (iequals(name, "br")) return content_coding::brotli;
    return content_coding::other;
}

LLMX_DECL std::unique_ptr<content_decoder> make_content_decoder([[maybe_unused]] content_coding coding) {
#if defined(LLMX_WITH_ZLIB)
    if (coding == content_coding::gzip || coding == content_coding::deflate)
        return std::make_unique<detail::zlib_decoder>(coding == content_coding::gzip);
#endif
#if defined(LLMX_WITH_BROTLI)
    if (coding == content_coding::brotli) return std::make_unique<detail::brotli_decoder>();
#endif
    return nullptr;
}

} // namespace llmx::inline LLMX_ABI
