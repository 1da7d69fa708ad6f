// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/gemini_generate_parts.hpp>

namespace llmx::inline v0::detail {

/// Writes the parts of one conversation into `contents`, opening and closing the turns.
class gemini_contents_writer {
public:
    enum class turn : std::uint8_t { user, model, tool };

    gemini_contents_writer(json_writer& w, bool demand_signatures) noexcept
        : w_(w), demand_signatures_(demand_signatures) {}

    /// The parts that follow are \p who's and in \p m; neighbouring turns of one kind are
    /// one on the wire.
    void next(turn who, const message& m) {
        if (open_ && (who != who_ || (extra_ != nullptr && !extra_->empty()) || !m.extra.empty())) close();
        who_ = who;
        extra_ = &m.extra;
    }
    void begin_part() {
        if (!open_) {
            w_.object().member("role", who_ == turn::model ? "model" : "user").key("parts").array();
            open_ = any_ = true;
            signed_call_ = false;
        }
        w_.object();
    }
    void end_part() { w_.end_object(); }
    void close() {
        if (!open_) return;
        w_.end_array();
        if (extra_ != nullptr) write_proto_extra(w_, *extra_, {});
        w_.end_object();
        open_ = false;
    }
    [[nodiscard]] bool any() const noexcept { return any_; }
    [[nodiscard]] json_writer& out() noexcept { return w_; }

    /// The signature to write with a call: its own, or the first one's substitute.
    [[nodiscard]] std::string_view signature_of(const tool_call_part& call) noexcept {
        const bool first = !signed_call_;
        signed_call_ = true;
        if (!call.signature.empty() || !first || !demand_signatures_) return call.signature;
        return gemini_no_signature;
    }

private:
    json_writer& w_;
    const extra_members* extra_ = nullptr;
    bool demand_signatures_;
    turn who_ = turn::user;
    bool open_ = false, any_ = false, signed_call_ = false;
};

/// Writes one part of a request's message, its calls noted in the context's before.
[[nodiscard]] LLMX_DECL result<void> write_gemini_part(gemini_contents_writer& c, const content_part& part,
                                                       const gemini_part_context& at);

} // namespace llmx::inline v0::detail
