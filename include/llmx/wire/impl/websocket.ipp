// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/utf8.hpp>
#include <llmx/wire/websocket.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {

LLMX_DECL websocket_reader::step websocket_reader::begin_frame() {
    const unsigned char first = head_[0], second = head_[1];
    if (head_size_ == 2) {
        if ((first & 0x70u) != 0) return fail(websocket_close::protocol_error, "a frame has a reserved bit");
        if (((second & 0x80u) != 0) != masked_)
            return fail(websocket_close::protocol_error, masked_ ? "a frame is not masked" : "a frame is masked");
        head_needed_ += (masked_ ? 4u : 0u) + ((second & 0x7Fu) == 126 ? 2u : (second & 0x7Fu) == 127 ? 8u : 0u);
        if (head_needed_ != 2) return step::more;
    }
    final_ = (first & 0x80u) != 0;
    const unsigned kind = first & 0x0Fu;
    if ((kind > 2 && kind < 8) || kind > 10) return fail(websocket_close::protocol_error, "a frame has an unknown opcode");
    opcode_ = static_cast<websocket_opcode>(kind);
    left_ = second & 0x7Fu;
    std::size_t at = 2;
    if (left_ >= 126) {
        const std::size_t bytes = left_ == 126 ? 2 : 8;
        left_ = 0;
        for (; at != 2 + bytes; ++at) left_ = left_ << 8 | head_[at];
        if (left_ <= (bytes == 2 ? 125u : 65535u) || (left_ >> 63) != 0)
            return fail(websocket_close::protocol_error, "a frame's length is not in its shortest form");
    }
    if (masked_) std::copy_n(head_ + at, 4, mask_);
    mask_at_ = 0;
    if (control()) {
        if (!final_ || left_ > 125) return fail(websocket_close::protocol_error,
            "a control frame is fragmented or has more than 125 bytes");
        control_.clear();
    } else {
        if ((opcode_ == websocket_opcode::continuation) != (message_ != websocket_opcode::continuation))
            return fail(websocket_close::protocol_error, "a frame continues no message, or begins one within another");
        if (opcode_ != websocket_opcode::continuation) {
            message_ = opcode_;
            text_.clear();
            done_ = false;
        }
        if (left_ > max_ - text_.size()) return fail(websocket_close::too_big, "a message is larger than this gateway takes");
    }
    in_payload_ = true;
    return step::message;
}

LLMX_DECL websocket_reader::step websocket_reader::end_frame(websocket_message& out, bool& whole) {
    in_payload_ = false;
    head_size_ = 0;
    head_needed_ = 2;
    if (!control()) {
        whole = final_;
        if (!final_) return step::more;
        out.what = message_;
        out.data = text_;
        message_ = websocket_opcode::continuation;
        done_ = true;
        if (out.what == websocket_opcode::text && !valid_utf8(text_)) return fail(websocket_close::invalid_payload, "a text is not UTF-8");
        return step::message;
    }
    whole = true;
    out.what = opcode_;
    out.data = control_;
    if (opcode_ != websocket_opcode::close) return step::message;
    closed_ = true;
    out.code = websocket_close::no_status;
    if (control_.size() == 1) return fail(websocket_close::protocol_error, "a close frame has half a code");
    if (control_.empty()) return step::message;
    out.code = static_cast<std::uint16_t>(static_cast<unsigned char>(control_[0]) << 8 | static_cast<unsigned char>(control_[1]));
    out.data.remove_prefix(2);
    if (!may_close_with(out.code)) return fail(websocket_close::protocol_error, "a close frame has a code that must not be sent");
    if (!valid_utf8(out.data)) return fail(websocket_close::invalid_payload, "the reason of a close frame is not UTF-8");
    return step::message;
}

LLMX_DECL websocket_reader::step websocket_reader::next(std::string_view& bytes, websocket_message& out) {
    if (failure_ != 0) return step::failed;
    while (!closed_) {
        if (!in_payload_) {
            while (head_size_ != head_needed_ && !bytes.empty()) {
                head_[head_size_++] = static_cast<unsigned char>(bytes.front());
                bytes.remove_prefix(1);
            }
            if (head_size_ != head_needed_) return step::more;
            const step begun = begin_frame();
            if (begun == step::failed) return begun;
            if (begun == step::more) continue;
        }
        std::string& to = control() ? control_ : text_;
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
        const std::size_t had = to.size();
        to.append(bytes.substr(0, n));
        bytes.remove_prefix(n);
        left_ -= n;
        if (masked_)
            for (std::size_t i = had; i != to.size(); ++i,
                ++mask_at_) to[i] = static_cast<char>(static_cast<unsigned char>(to[i]) ^ mask_[mask_at_ % 4]);
        if (left_ != 0) return step::more;
        bool whole = false;
        const step ended = end_frame(out, whole);
        if (ended == step::failed || whole) return ended;
    }
    bytes = std::string_view();
    return step::more;
}

LLMX_DECL void append_websocket_frame(std::string& out, websocket_opcode what, std::string_view payload,
    std::optional<std::uint32_t> mask) {
    out += static_cast<char>(0x80u | static_cast<unsigned>(what));
    const unsigned masked = mask ? 0x80u : 0u;
    const std::uint64_t size = payload.size();
    const auto length = [&](unsigned form, int bytes) {
        out += static_cast<char>(masked | form);
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xFFu);
    };
    if (size <= 125) length(static_cast<unsigned>(size), 0);
    else if (size <= 65535) length(126, 2);
    else length(127, 8);
    if (!mask) {
        out += payload;
        return;
    }
    unsigned char key[4];
    for (int i = 0; i != 4; ++i) key[i] = static_cast<unsigned char>(*mask >> (24 - 8 * i) & 0xFFu);
    for (const unsigned char k : key) out += static_cast<char>(k);
    const std::size_t at = out.size();
    out += payload;
    for (std::size_t i = 0; i != payload.size(); ++i) out[at + i] = static_cast<char>(static_cast<unsigned char>(out[at + i]) ^ key[i % 4]);
}

LLMX_DECL void append_websocket_close(std::string& out, std::uint16_t code, std::string_view reason, std::optional<std::uint32_t> mask) {
    std::string payload;
    if (may_close_with(code)) {
        payload += static_cast<char>(code >> 8);
        payload += static_cast<char>(code & 0xFFu);
        reason = reason.substr(0, 123);
        payload += reason.substr(0, valid_utf8_prefix(reason));
    }
    append_websocket_frame(out, websocket_opcode::close, payload, mask);
}

} // namespace llmx::inline LLMX_ABI
