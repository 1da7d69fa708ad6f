// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Whether the model is Gemini 3 or newer, whose reasoning is configured by levels.
[[nodiscard]] constexpr bool generate_has_levels(const model_traits& traits) noexcept {
    using style = model_traits::reasoning_style;
    return traits.reasoning == style::level || traits.reasoning == style::effort;
}

/// Reports members of another language than this one's. Members of an answer besides its parts (log
/// probabilities, annotations, …) change nothing for the next model: a hint when \p from_model.
LLMX_DECL void generate_foreign(const extra_members& extra, const request_place& at, bool from_model, drop_report& drops);

/// Writes the messages of one request as `contents` and `systemInstruction`, opening and closing the turns, and
/// reports members that they do not take.
class generate_content_writer {
public:
    /// Gemini 3, known by its reasoning style, demands signatures and takes media within responses; models that do not think
    /// take neither thoughts nor signatures, except that those which make images sign as well.
    generate_content_writer(json_writer& w, const model_traits& traits, drop_report& drops) noexcept
        : w_(w), drops_(drops), gemini_3_(generate_has_levels(traits)), thinks_(takes_thoughts(traits)),
          signs_(thinks_ || (traits.output_modalities & static_cast<std::uint8_t>(modality::image)) != 0) {}

    /// Fails when no message has content, or a tool result answers no earlier call.
    LLMX_DECL [[nodiscard]] result<void> write(const std::vector<message>& messages);

private:
    enum class turn { user, model, tool };
    struct kept_media {
        const media* what;
        const extra_members* extra;
    };

    LLMX_DECL void write_message(const message& m, std::size_t index);
    LLMX_DECL void write_results(const std::vector<message>& messages, std::size_t begin);
    LLMX_DECL void write_system(const std::vector<message>& messages);
    /// Writes a system message's texts.
    LLMX_DECL void write_instructions(const message& m, const request_place& at, bool& open);

    LLMX_DECL void write_part(const text_part& p);
    LLMX_DECL void write_part(const refusal_part& p);
    LLMX_DECL void write_part(const image_part& p);
    LLMX_DECL void write_part(const audio_part& p);
    LLMX_DECL void write_part(const file_part& p);
    LLMX_DECL void write_part(const thinking_part& p);
    LLMX_DECL void write_part(const tool_call_part& p);
    LLMX_DECL void write_part(const tool_result_part& p);
    LLMX_DECL void write_part(const opaque_part& p);
    LLMX_DECL void write_text(std::string_view text, bool thought, std::string_view signature, const extra_members* extra);
    LLMX_DECL void write_media(const media& m, const described_member& source, std::string_view otherwise,
                               const extra_members& extra);
    /// Takes an image or a file of a tool's result: into its response, or after the turn's last one.
    LLMX_DECL void take_media(const media& m, const described_member& source, const extra_members& extra,
                              const request_place& at, std::vector<kept_media>& inside);

    /// The members of a part or message that its table has no place for, and foreign ones.
    LLMX_DECL void report(const void* object, std::span<const field_rule> rules, const extra_members& extra,
                          const request_place& at);
    /// The members of \p extra of this language that are not written: all, or those with a dot that are not
    /// after \p written.
    LLMX_DECL void report_unwritten(const extra_members& extra, const request_place& at, bool all,
                                    std::string_view written = std::string_view());
    LLMX_DECL void report_references(const media& m, const described_member& source, const request_place& at);

    /// Begins a turn of \p who, in \p m; neighbouring turns of one kind are one on the wire.
    LLMX_DECL void next(turn who, const message& m);
    LLMX_DECL void begin_part();
    void end_part() { w_.end_object(); }
    LLMX_DECL void close();
    /// Writes the tools' media after their responses: nothing may be between two of those.
    LLMX_DECL void write_kept();
    /// The signature to write with a call: its own, or the first one's substitute.
    LLMX_DECL [[nodiscard]] std::string_view signature_of(const tool_call_part& call) noexcept;

    json_writer& w_;
    drop_report& drops_;
    generate_calls calls_;
    std::optional<error> fault_;
    /// The part that is written.
    request_place at_;
    const extra_members* extra_ = nullptr;
    std::vector<kept_media> kept_;
    /// The results of messages before are written.
    std::size_t results_end_ = 0;
    bool gemini_3_, thinks_, signs_;
    bool from_model_ = false, system_only_ = true;
    turn who_ = turn::user;
    bool open_ = false, any_ = false, signed_call_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail
