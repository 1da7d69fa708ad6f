// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/result.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The configuration of a session, as far as both OpenAI's Realtime API and Gemini's Live API have it.
struct live_setup {
    live_setup() = default;
    std::string instructions;
    /// The client's tools, as its JSON has them; empty: none.
    std::string tools;
    /// As the client named it.
    std::string voice;
    std::optional<double> temperature;
    std::optional<std::int64_t> max_tokens;
    /// The client's `transcription` and `turn_detection`, as its JSON has them. OpenAI's default of the second is the server's.
    std::string transcription, turn_detection = R"({"type":"server_vad"})";
    bool text = false, no_tools = false;

    /// Reads the members that `session.update` has in \p session, in the general form and in that of the beta. Fails with
    /// `errc::unsupported_parameter`, whose `param` names the member, where Gemini has no equivalent.
    LLMX_DECL [[nodiscard]] result<void> read(std::string_view session);
    [[nodiscard]] bool detects_turns() const noexcept { return turn_detection != "null"; }
    /// Gemini's `setup` message.
    LLMX_DECL [[nodiscard]] std::string message(std::string_view model) const;
    /// The session as OpenAI's events show it: the members of an object.
    LLMX_DECL void write_session(json_writer& w, std::string_view model, std::string_view id, bool beta) const;

private:
    LLMX_DECL [[nodiscard]] result<void> read_input(std::string_view input);
    LLMX_DECL [[nodiscard]] result<void> read_output(std::string_view output);
    LLMX_DECL [[nodiscard]] result<void> read_tools(std::string_view json);
    LLMX_DECL void write_detection(json_writer& w) const;
};

/// The tokens of a response, in the classes that OpenAI's events have.
struct live_usage {
    live_usage() = default;
    std::int64_t input = 0, output = 0, cached = 0, thoughts = 0, input_text = 0, input_audio = 0, input_image = 0, output_text = 0,
        output_audio = 0;
    [[nodiscard]] bool empty() const noexcept { return input == 0 && output == 0; }
    /// Of Gemini's `usageMetadata`.
    LLMX_DECL [[nodiscard]] static live_usage read(std::string_view json);
    LLMX_DECL void write(json_writer& w) const;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/live_setup.ipp>
#endif
