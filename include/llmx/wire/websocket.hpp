// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// What a frame of a WebSocket is (RFC 6455 section 5.2).
enum class websocket_opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Status codes of a close frame that llmx sends itself (RFC 6455 section 7.4.1).
namespace websocket_close {
inline constexpr std::uint16_t normal = 1000, going_away = 1001, protocol_error = 1002, no_status = 1005, invalid_payload = 1007,
    policy = 1008,
                               too_big = 1009, internal_error = 1011, try_again_later = 1013;
} // namespace websocket_close

/// A whole message, or a control frame.
struct websocket_message {
    websocket_message() = default;
    /// `text`, `binary`, `ping`, `pong` or `close`.
    websocket_opcode what = websocket_opcode::text;
    /// Payload, unmasked; of a close frame its reason. Valid until the reader is called again.
    std::string_view data;
    /// Of a close frame; `websocket_close::no_status` when it has none.
    std::uint16_t code = 0;
};

/// Reads the frames of one direction of a WebSocket into messages (RFC 6455).
///
/// Checks what the RFC demands of a receiver: masks in the one direction and none in the other, no reserved bit, known opcodes, control
/// frames whole and of 125 bytes at most, fragments in order, the shortest form of a length, UTF-8 in texts and reasons, valid codes,
/// nothing
/// behind a close frame. No extension is known. Buffers one message at most; linear in its input. Not thread-safe.
class websocket_reader {
public:
    enum class step : std::uint8_t {
        more,    ///< all bytes are consumed
        message, ///< the message is complete; there may be further bytes
        failed,  ///< the peer has broken the protocol: close with `failure()`
    };

    /// \p masked: it reads what a client has sent. \p max_message: bytes of a message, all fragments together.
    websocket_reader(bool masked, std::size_t max_message) noexcept : max_(max_message), masked_(masked) {}

    /// Consumes bytes from the front of \p bytes until a message is complete. After `failed` it fails for ever; after a close frame every
    /// further byte is consumed and ignored, as RFC 6455 section 1.4 has it.
    LLMX_DECL [[nodiscard]] step next(std::string_view& bytes, websocket_message& out);
    /// The code to close with after `step::failed`, and why.
    [[nodiscard]] std::uint16_t failure() const noexcept { return failure_; }
    [[nodiscard]] std::string_view reason() const noexcept { return reason_; }
    /// Bytes of memory that it holds.
    [[nodiscard]] std::size_t held() const noexcept { return text_.capacity() + control_.capacity(); }
    /// Frees the memory of a message that was larger than usual; call it when the message is no longer needed.
    void trim() {
        constexpr std::size_t usual = 64 * 1024;
        if (done_ && text_.capacity() > usual) std::string().swap(text_);
    }

private:
    [[nodiscard]] step fail(std::uint16_t code, std::string_view why) noexcept {
        failure_ = code;
        reason_ = why;
        return step::failed;
    }
    LLMX_DECL [[nodiscard]] step begin_frame();
    LLMX_DECL [[nodiscard]] step end_frame(websocket_message& out, bool& whole);
    [[nodiscard]] bool control() const noexcept { return (static_cast<std::uint8_t>(opcode_) & 8u) != 0; }

    std::size_t max_;
    std::string text_, control_;
    std::uint64_t left_ = 0;
    std::size_t head_size_ = 0, head_needed_ = 2, mask_at_ = 0;
    unsigned char head_[14] = {};
    unsigned char mask_[4] = {};
    std::string_view reason_;
    std::uint16_t failure_ = 0;
    websocket_opcode opcode_ = websocket_opcode::text, message_ = websocket_opcode::continuation;
    bool masked_, final_ = false, in_payload_ = false, closed_ = false, done_ = true;
};

/// Appends one whole frame. \p mask is what a client has to send (unpredictable: RFC 6455 section 5.3); nothing for a server.
LLMX_DECL void append_websocket_frame(std::string& out, websocket_opcode what, std::string_view payload, std::optional<std::uint32_t> mask);
/// Appends a close frame; a \p reason of more than 123 bytes is cut between characters, and a code that must not be sent becomes none.
LLMX_DECL void append_websocket_close(std::string& out, std::uint16_t code, std::string_view reason, std::optional<std::uint32_t> mask);
/// Whether \p code may stand in a close frame.
[[nodiscard]] constexpr bool may_close_with(std::uint16_t code) noexcept {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/websocket.ipp>
#endif
