// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/dialects/detail/json_members.hpp>
#include <llmx/dialects/gemini/detail/live_setup.hpp>

#include <algorithm>
#include <array>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] error no_live_equivalent(std::string_view member, std::string_view why) {
    return error(errc::unsupported_parameter, std::string("Gemini's sessions have no equivalent of '").append(member).append("': ")
        .append(why))
        .with_param(std::string("session.").append(member));
}

/// OpenAI's `audio/pcm` at 24 kHz, in the general form or as a word of the beta.
LLMX_DECL [[nodiscard]] bool is_live_audio_format(std::string_view json) {
    if (is_json_null(json)) return true;
    if (is_json_string(json)) return unescape_json_string(json) == "pcm16";
    const std::string_view rate = json_member_of(json, "rate");
    return json_text_of(json, "type") == "audio/pcm" && (rate.empty() || rate == "24000");
}

/// OpenAI's names of voices, for which Gemini uses its own default.
LLMX_DECL [[nodiscard]] bool is_openai_voice(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 13> names = {"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable",
                                                               "marin", "nova", "onyx", "sage", "shimmer", "verse"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

LLMX_DECL result<void> live_setup::read_tools(std::string_view json) {
    tools.clear();
    if (is_json_null(json)) return success();
    bool any = false;
    const result<void> sound = scan_json_elements(json, [&](const json_member& tool) -> result<void> {
        any = true;
        if (json_text_of(tool.value, "type") != "function") return no_live_equivalent("tools",
            "tools other than functions are the vendor's own");
        if (json_text_of(tool.value, "name").empty()) return error(errc::invalid_request, "a function has no name")
            .with_param("session.tools");
        const std::string_view schema = json_member_of(tool.value, "parameters");
        if (!schema.empty() && !is_json_null(schema) && !scan_json_members(schema, [](const json_member&) {}))
            return error(errc::invalid_request, "the parameters of a function are no object").with_param("session.tools");
        return success();
    });
    if (!sound) return sound.error().param().empty() ? error(sound.error()).with_param("session.tools") : sound.error();
    if (any) tools = json;
    return success();
}

LLMX_DECL result<void> live_setup::read_input(std::string_view input) {
    return scan_json_members(input, [&](const json_member& m) -> result<void> {
        if (m.named("format") && !is_live_audio_format(m.value)) return no_live_equivalent("audio.input.format", "send PCM at 24 kHz");
        if (m.named("transcription")) transcription = m.value;
        if (m.named("turn_detection")) turn_detection = m.value;
        // The reduction of noise tunes what is heard; Gemini has its own.
        return success();
    });
}

LLMX_DECL result<void> live_setup::read_output(std::string_view output) {
    return scan_json_members(output, [&](const json_member& m) -> result<void> {
        if (m.named("format") && !is_live_audio_format(m.value)) return no_live_equivalent("audio.output.format",
            "its audio is PCM at 24 kHz");
        if (m.named("voice") && is_json_string(m.value)) voice = unescape_json_string(m.value);
        if (m.named("speed") && json_number(m.value).value_or(1) != 1) return no_live_equivalent("audio.output.speed", "leave it out");
        return success();
    });
}

LLMX_DECL result<void> live_setup::read(std::string_view session) {
    const result<void> went = scan_json_members(session, [&](const json_member& m) -> result<void> {
        if (m.named("type")) {
            const bool talks = unescape_json_string(m.value) == "realtime";
            return talks ? success() : result<void>(no_live_equivalent("type", "only sessions of the type 'realtime' are served"));
        }
        if (m.named("instructions")) instructions = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("tools")) return read_tools(m.value);
        else if (m.named("tool_choice")) {
            const std::string choice = is_json_string(m.value) ? unescape_json_string(m.value) : std::string("a function");
            if (choice != "auto" && choice != "none" && !is_json_null(m.value)) return no_live_equivalent("tool_choice",
                "only 'auto' and 'none' are");
            no_tools = choice == "none";
        } else if (m.named("output_modalities") || m.named("modalities")) {
            bool audio = false, any = false;
            const result<void> read = scan_json_elements(m.value, [&](const json_member& e) {
                any = true;
                audio = audio || unescape_json_string(e.value) == "audio";
            });
            if (!read || !any) return error(errc::invalid_request, "modalities are a list of 'audio' and 'text'")
                .with_param("session.output_modalities");
            text = !audio;
        } else if (m.named("audio")) {
            return scan_json_members(m.value, [&](const json_member& side) -> result<void> {
                if (side.named("input") && side.value.starts_with('{')) return read_input(side.value);
                if (side.named("output") && side.value.starts_with('{')) return read_output(side.value);
                return success();
            });
        } else if (m.named("voice")) {
            voice = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        } else if (m.named("input_audio_format") || m.named("output_audio_format")) {
            if (!is_live_audio_format(m.value)) return no_live_equivalent(unescape_json_string(m.key), "use 'pcm16'");
        } else if (m.named("input_audio_transcription")) {
            transcription = m.value;
        } else if (m.named("turn_detection")) {
            turn_detection = m.value;
        } else if (m.named("temperature")) {
            temperature = json_number(m.value);
        } else if (m.named("max_output_tokens") || m.named("max_response_output_tokens")) {
            max_tokens = json_count(m.value);
        } else if (m.named("prompt") && !is_json_null(m.value)) {
            return no_live_equivalent("prompt", "it is kept at OpenAI");
        }
        // The rest tunes or describes: tracing, include, truncation, reasoning, noise reduction.
        return success();
    });
    if (!went) return went;
    if (is_json_null(transcription)) transcription.clear();
    if (!detects_turns()) return success();
    const std::string_view creates = json_member_of(turn_detection, "create_response");
    if (creates == "false") return no_live_equivalent("turn_detection.create_response",
        "Gemini answers each turn that it detects; use turn_detection null");
    return success();
}

LLMX_DECL void live_setup::write_detection(json_writer& w) const {
    w.key("realtimeInputConfig").object().key("automaticActivityDetection").object();
    if (!detects_turns()) {
        w.member("disabled", true).end_object().end_object();
        return;
    }
    if (const auto threshold = json_number(json_member_of(turn_detection, "threshold")); threshold && *threshold != 0.5)
        w.member("startOfSpeechSensitivity", *threshold < 0.5 ? "START_SENSITIVITY_HIGH" : "START_SENSITIVITY_LOW");
    const std::string eagerness = json_text_of(turn_detection, "eagerness");
    if (eagerness == "low" || eagerness == "high") w.member("endOfSpeechSensitivity", eagerness == "low" ? "END_SENSITIVITY_LOW"
        : "END_SENSITIVITY_HIGH");
    if (const auto n = json_count(json_member_of(turn_detection, "prefix_padding_ms"))) w.member("prefixPaddingMs",
        std::min<std::int64_t>(*n, 60'000));
    if (const auto n = json_count(json_member_of(turn_detection, "silence_duration_ms"))) w.member("silenceDurationMs",
        std::min<std::int64_t>(*n, 60'000));
    w.end_object();
    if (json_member_of(turn_detection, "interrupt_response") == "false") w.member("activityHandling", "NO_INTERRUPTION");
    w.end_object();
}

LLMX_DECL std::string live_setup::message(std::string_view model) const {
    std::string out;
    json_writer w(out);
    w.object().key("setup").object();
    const bool whole = model.find('/') != std::string_view::npos;
    w.member("model", std::string(whole ? "" : "models/").append(model));
    w.key("generationConfig").object().key("responseModalities").array().value(text ? "TEXT" : "AUDIO").end_array();
    if (temperature) w.member("temperature", *temperature);
    if (max_tokens) w.member("maxOutputTokens", *max_tokens);
    if (!text && !voice.empty() && !is_openai_voice(voice))
        w.key("speechConfig").object().key("voiceConfig").object().key("prebuiltVoiceConfig").object().member("voiceName", voice)
            .end_object().end_object().end_object();
    w.end_object();
    if (!instructions.empty())
        w.key("systemInstruction").object().key("parts").array().object().member("text", instructions).end_object().end_array()
            .end_object();
    if (!tools.empty() && !no_tools) {
        w.key("tools").array().object().key("functionDeclarations").array();
        static_cast<void>(scan_json_elements(tools, [&](const json_member& tool) {
            w.object().member("name", json_text_of(tool.value, "name"));
            if (const std::string about = json_text_of(tool.value, "description"); !about.empty()) w.member("description", about);
            const std::string_view schema = json_member_of(tool.value, "parameters");
            if (!schema.empty() && !is_json_null(schema)) w.raw_member("parametersJsonSchema", schema);
            w.end_object();
        }));
        w.end_array().end_object().end_array();
    }
    write_detection(w);
    if (!transcription.empty()) w.key("inputAudioTranscription").object().end_object();
    if (!text) w.key("outputAudioTranscription").object().end_object();
    w.end_object().end_object();
    return out;
}

LLMX_DECL void live_setup::write_session(json_writer& w, std::string_view model, std::string_view id, bool beta) const {
    w.member("id", id).member("object", "realtime.session").member("model", model);
    const auto limit = [&](std::string_view name) {
        w.key(name);
        if (max_tokens) w.value(*max_tokens);
        else w.value("inf");
    };
    const auto raw_or_null = [&w](std::string_view name, std::string_view json) { w.raw_member(name, json.empty()
        ? std::string_view("null") : json); };
    const auto name_voice = [&] {
        w.key("voice");
        if (voice.empty()) w.null();
        else w.value(voice);
    };
    w.member("instructions", instructions).raw_member("tools", tools.empty() ? std::string_view("[]") : std::string_view(tools));
    w.member("tool_choice", no_tools ? "none" : "auto");
    if (beta) {
        w.key("modalities").array();
        if (!text) w.value("audio");
        w.value("text").end_array();
        name_voice();
        w.member("input_audio_format", "pcm16").member("output_audio_format", "pcm16");
        raw_or_null("input_audio_transcription", transcription);
        raw_or_null("turn_detection", turn_detection);
        if (temperature) w.member("temperature", *temperature);
        return limit("max_response_output_tokens");
    }
    w.member("type", "realtime").key("output_modalities").array().value(text ? "text" : "audio").end_array();
    limit("max_output_tokens");
    w.key("audio").object().key("input").object().key("format").object().member("type", "audio/pcm").member("rate", 24000).end_object();
    raw_or_null("transcription", transcription);
    w.key("noise_reduction").null();
    raw_or_null("turn_detection", turn_detection);
    w.end_object().key("output").object().key("format").object().member("type", "audio/pcm").member("rate", 24000).end_object();
    name_voice();
    w.member("speed", 1).end_object().end_object();
}

LLMX_DECL live_usage live_usage::read(std::string_view json) {
    live_usage u;
    u.thoughts = json_count_of(json, "thoughtsTokenCount");
    u.input = add_counts(json_count_of(json, "promptTokenCount"), json_count_of(json, "toolUsePromptTokenCount"));
    u.output = add_counts(json_count_of(json, "responseTokenCount"), u.thoughts);
    u.cached = json_count_of(json, "cachedContentTokenCount");
    const auto classes = [&](std::string_view member, std::int64_t& text, std::int64_t& audio, std::int64_t& image) {
        static_cast<void>(scan_json_elements(json_member_of(json, member), [&](const json_member& e) {
            const std::string kind = json_text_of(e.value, "modality");
            std::int64_t& to = kind == "AUDIO" ? audio : kind == "IMAGE" || kind == "VIDEO" ? image : text;
            to = add_counts(to, json_count_of(e.value, "tokenCount"));
        }));
    };
    std::int64_t none = 0;
    classes("promptTokensDetails", u.input_text, u.input_audio, u.input_image);
    classes("responseTokensDetails", u.output_text, u.output_audio, none);
    if (add_counts(u.input_text, add_counts(u.input_audio, u.input_image)) == 0) u.input_text = u.input;
    if (add_counts(u.output_text, u.output_audio) == 0) u.output_text = u.output;
    return u;
}

LLMX_DECL void live_usage::write(json_writer& w) const {
    w.object().member("total_tokens", add_counts(input, output)).member("input_tokens", input).member("output_tokens", output);
    w.key("input_token_details").object().member("text_tokens", input_text).member("audio_tokens", input_audio)
        .member("image_tokens", input_image);
    w.member("cached_tokens", cached).end_object();
    w.key("output_token_details").object().member("text_tokens", output_text).member("audio_tokens", output_audio)
        .member("reasoning_tokens", thoughts);
    w.end_object().end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
