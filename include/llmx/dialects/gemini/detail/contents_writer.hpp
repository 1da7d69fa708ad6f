// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/detail/generate_parts.hpp>

namespace llmx::inline v0::detail {

/// Writes the parts of one conversation into `contents`, opening and closing the turns.
class gemini_contents_writer {
public:
    enum class turn : std::uint8_t { user, model, tool };

    /// Gemini 3, known by how it is told to think, demands signatures and takes media
    /// within responses.
    gemini_contents_writer(json_writer& w, const model_traits& traits) noexcept
        : w_(w), gemini_3_(traits.reasoning == model_traits::reasoning_style::effort) {}

    /// The parts that follow are \p who's and in \p m; neighbouring turns of one kind are
    /// one on the wire.
    LLMX_DECL void next(turn who, const message& m);
    void begin_part() {
        if (!open_) {
            w_.object().member("role", who_ == turn::model ? "model" : "user").key("parts").array();
            open_ = any_ = true;
            signed_call_ = false;
        }
        w_.object();
    }
    void end_part() { w_.end_object(); }
    LLMX_DECL void close();
    [[nodiscard]] bool any() const noexcept { return any_; }
    [[nodiscard]] json_writer& out() noexcept { return w_; }

    [[nodiscard]] bool responses_take_media() const noexcept { return gemini_3_; }
    /// Keeps what a tool gave beside its response until the turn's last response is written:
    /// nothing may stand between two of them. \p m must live until then.
    void keep(const media& m) { kept_.push_back(&m); }
    LLMX_DECL void write_kept();

    /// The signature to write with a call: its own, or the first one's substitute.
    [[nodiscard]] std::string_view signature_of(const tool_call_part& call) noexcept {
        const bool first = !signed_call_;
        signed_call_ = true;
        if (!call.signature.empty() || !first || !gemini_3_) return call.signature;
        return gemini_no_signature;
    }

private:
    json_writer& w_;
    const extra_members* extra_ = nullptr;
    std::vector<const media*> kept_;
    bool gemini_3_;
    turn who_ = turn::user;
    bool open_ = false, any_ = false, signed_call_ = false;
};

/// Writes one part of a request's message, its calls noted in the context's before.
[[nodiscard]] LLMX_DECL result<void> write_gemini_part(gemini_contents_writer& c, const content_part& part,
                                                       const gemini_part_context& at);

} // namespace llmx::inline v0::detail
