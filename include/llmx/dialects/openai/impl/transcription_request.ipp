// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/transcript.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/openai/detail/form.hpp>
#include <llmx/dialects/openai/impl/chat_scan.ipp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace llmx::inline v0::detail {

inline constexpr std::string_view openai_transcript_file = "the recording, as a file";

[[nodiscard]] LLMX_DECL result<void> openai_transcript_check_model(const form_part& p) {
    if (p.is_file() || p.data.empty() || p.data.find_first_of("\r\n") != std::string_view::npos)
        return openai_chat_wrong("model", "the name of a model");
    return success();
}

[[nodiscard]] LLMX_DECL result<void> openai_transcript_check_file(const form_part& p) {
    if (!p.is_file() || p.data.empty()) return openai_chat_wrong("file", openai_transcript_file);
    return success();
}

/// Servers that ignore case in names would obey what was not routed.
[[nodiscard]] LLMX_DECL result<void> openai_transcript_check_name(std::string_view written) {
    for (const std::string_view name : {std::string_view("model"), std::string_view("file"), std::string_view("stream")}) {
        if (!equals_ignoring_case(written, name)) continue;
        error e(errc::invalid_request, "'" + std::string(written) + "': names of fields are case-sensitive, write '" +
                                           std::string(name) + "'");
        return e.with_param(std::string(written));
    }
    return success();
}

LLMX_DECL result<request_head> openai_transcript_scan(std::string_view body, std::string_view content_type,
                                                      const request_target& target) {
    request_head head;
    bool has_file = false, has_url = false;
    members_seen seen;
    const auto read = read_form(body, content_type, [&](const form_part& p) -> result<void> {
        if (p.named("model")) {
            if (seen.again(0)) return form_field_twice("model");
            head.model = p.data;
            head.model_begin = p.begin;
            head.model_end = p.begin + p.data.size();
            return openai_transcript_check_model(p);
        }
        if (p.named("file")) {
            if (seen.again(1)) return form_field_twice("file");
            has_file = true;
            return openai_transcript_check_file(p);
        }
        if (p.named("stream")) {
            if (seen.again(2)) return form_field_twice("stream");
            const auto streamed = form_bool(p.data);
            if (!streamed || p.is_file()) return openai_chat_wrong("stream", "true or false");
            head.stream = *streamed;
            return success();
        }
        if (p.named("response_format") && seen.again(3)) return form_field_twice("response_format");
        has_url |= p.named("url");
        return openai_transcript_check_name(p.about->name);
    });
    if (read.has_error()) return read.error();
    if (head.model.empty() && target.model.empty()) return openai_chat_wrong("model", "the name of a model");
    if (!has_file && !has_url) return openai_chat_wrong("file", openai_transcript_file);
    if (head.model.empty()) head.must_translate = true;
    if (!target.model.empty()) head.model = target.model;
    return head;
}

/// Reads a form's fields into a request.
class openai_transcript_form {
public:
    openai_transcript_form(transcription_request& to, std::string_view dialect, bool translating) noexcept
        : to_(to), dialect_(dialect), translating_(translating) {}

    [[nodiscard]] LLMX_DECL result<void> take(const form_part& p);
    /// The strategy whose members were fields of their own.
    LLMX_DECL void finish();

private:
    struct text_field {
        std::string_view name;
        std::string transcription_request::* to;
    };
    struct list_field {
        std::string_view name;
        std::vector<std::string> transcription_request::* to;
    };
    static constexpr std::string_view strategy = "chunking_strategy";

    [[nodiscard]] LLMX_DECL result<void> take_file(const form_part& p);
    [[nodiscard]] LLMX_DECL result<void> take_strategy(const form_part& p);
    [[nodiscard]] LLMX_DECL result<void> take_scalar(const form_part& p, bool& known);
    [[nodiscard]] LLMX_DECL bool take_list(const form_part& p);

    transcription_request& to_;
    std::string_view dialect_;
    bool translating_;
    std::vector<std::pair<std::string, std::string>> strategy_members_;
    members_seen seen_;
};

LLMX_DECL result<void> openai_transcript_form::take(const form_part& p) {
    if (p.named("file")) return take_file(p);
    // A second file has no place in the vocabulary.
    if (p.is_file()) return openai_chat_wrong(p.about->name, "text: the recording is the one file of the form");
    bool known = false;
    if (auto done = take_scalar(p, known); known) return done;
    if (!translating_ && p.about->name.starts_with(strategy)) return take_strategy(p);
    if (!translating_ && take_list(p)) return success();
    if (auto good = openai_transcript_check_name(p.about->name); good.has_error()) return good;
    std::string json;
    append_json_string(json, p.data);
    to_.extra.add(dialect_, p.about->name, std::move(json));
    return success();
}

LLMX_DECL result<void> openai_transcript_form::take_file(const form_part& p) {
    if (seen_.again(31)) return form_field_twice("file");
    if (auto good = openai_transcript_check_file(p); good.has_error()) return good;
    to_.file = p.data;
    to_.filename = p.about->filename;
    to_.content_type = p.about->content_type;
    return success();
}

LLMX_DECL result<void> openai_transcript_form::take_scalar(const form_part& p, bool& known) {
    static constexpr std::array<text_field, 4> texts = {{{"model", &transcription_request::model},
                                                         {"prompt", &transcription_request::prompt},
                                                         {"response_format", &transcription_request::response_format},
                                                         {"language", &transcription_request::language}}};
    known = true;
    for (unsigned i = 0; i < texts.size() - (translating_ ? 1 : 0); ++i) {
        if (!p.named(texts[i].name)) continue;
        if (seen_.again(i)) return form_field_twice(texts[i].name);
        to_.*texts[i].to = p.data;
        return i == 0 ? openai_transcript_check_model(p) : success();
    }
    if (p.named("temperature")) {
        if (seen_.again(4)) return form_field_twice("temperature");
        to_.temperature = json_number(trim_ows(p.data));
        if (!to_.temperature && !p.data.empty()) return openai_chat_wrong("temperature", "a number");
    } else if (p.named("stream")) {
        if (seen_.again(5)) return form_field_twice("stream");
        to_.stream = form_bool(p.data);
        if (!to_.stream) return openai_chat_wrong("stream", "true or false");
    } else {
        known = false;
    }
    return success();
}

LLMX_DECL bool openai_transcript_form::take_list(const form_part& p) {
    static constexpr std::array<list_field, 6> lists = {
        {{"languages", &transcription_request::languages},
         {"keywords", &transcription_request::keywords},
         {"timestamp_granularities", &transcription_request::timestamp_granularities},
         {"include", &transcription_request::include},
         {"known_speaker_names", &transcription_request::known_speaker_names},
         {"known_speaker_references", &transcription_request::known_speaker_references}}};
    for (const list_field& l : lists) {
        if (!p.listed(l.name)) continue;
        (to_.*l.to).emplace_back(p.data);
        return true;
    }
    return false;
}

LLMX_DECL result<void> openai_transcript_form::take_strategy(const form_part& p) {
    std::string_view member = p.about->name;
    member.remove_prefix(strategy.size());
    if (member.size() > 2 && member.front() == '[' && member.back() == ']') {
        strategy_members_.emplace_back(member.substr(1, member.size() - 2), p.data);
        return success();
    }
    if (!member.empty()) return openai_chat_wrong(p.about->name, "a member in brackets: chunking_strategy[type]");
    if (seen_.again(6)) return form_field_twice(strategy);
    const std::string_view text = trim_ows(p.data);
    if (text.starts_with('{')) {
        const auto good = scan_json_members(text, [](const json_member&) {});
        if (good.has_error()) return openai_chat_wrong(strategy, "\"auto\" or an object");
        to_.chunking_strategy.text = text;
    } else if (!text.empty()) {
        append_json_string(to_.chunking_strategy.text, text);
    }
    return success();
}

LLMX_DECL void openai_transcript_form::finish() {
    if (strategy_members_.empty()) return;
    std::string text;
    json_writer w(text);
    w.object();
    for (const auto& m : strategy_members_) {
        if (json_number(m.second) || m.second == "true" || m.second == "false") w.raw_member(m.first, m.second);
        else w.member(m.first, m.second);
    }
    w.end_object();
    to_.chunking_strategy.text = std::move(text);
}

LLMX_DECL result<transcription_request> openai_transcript_decode(std::string_view body, std::string_view content_type,
                                                                 const request_target& target, std::string_view dialect,
                                                                 bool translating) {
    transcription_request to;
    openai_transcript_form form(to, dialect, translating);
    const auto read = read_form(body, content_type, [&form](const form_part& p) { return form.take(p); });
    if (read.has_error()) return read.error();
    form.finish();
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) return openai_chat_wrong("model", "the name of a model");
    if (to.file.empty() && to.extra.find("url") == nullptr) return openai_chat_wrong("file", openai_transcript_file);
    return to;
}

/// Writes a form's fields.
class openai_transcript_writer {
public:
    openai_transcript_writer(std::string& out, std::string_view boundary) noexcept : out_(out), boundary_(boundary) {}

    void text(std::string_view name, std::string_view value) {
        append_multipart_head(out_, boundary_, name);
        out_ += value;
        append_multipart_tail(out_);
    }
    void filled(std::string_view name, std::string_view value) {
        if (!value.empty()) text(name, value);
    }
    void list(std::string_view name, const std::vector<std::string>& values) {
        for (const std::string& v : values) text(name, v);
    }
    /// JSON text: a string without its quotes, else as it is.
    void json(std::string_view name, std::string_view value) {
        if (is_json_string(value)) text(name, unescape_json_string(value));
        else text(name, value);
    }
    void object(std::string_view name, std::string_view value) {
        if (!value.starts_with('{')) return json(name, value);
        json_scanner scanner(value);
        for (json_member m; scanner.next(m);) {
            std::string field(name);
            json(field.append("[").append(unescape_json_string(m.key)).append("]"), m.value);
        }
    }
    void file(const transcription_request& request) {
        append_multipart_head(out_, boundary_, "file", request.filename.empty() ? "audio" : std::string_view(request.filename),
                              request.content_type);
        out_ += request.file;
        append_multipart_tail(out_);
    }

private:
    std::string& out_;
    std::string_view boundary_;
};

/// All texts of \p request that become data of a part.
[[nodiscard]] LLMX_DECL std::string openai_transcript_boundary(const transcription_request& request) {
    std::vector<std::string_view> values = {request.model,    request.file,   request.language,
                                            request.prompt,   request.response_format,
                                            request.filename, request.chunking_strategy.text};
    for (const auto* const list : {&request.languages, &request.keywords, &request.timestamp_granularities, &request.include,
                                   &request.known_speaker_names, &request.known_speaker_references})
        values.insert(values.end(), list->begin(), list->end());
    // What an escape could hide: the prefix of a boundary has none.
    std::vector<std::string> unescaped;
    unescaped.reserve(request.extra.members.size() + 1);
    for (const auto& m : request.extra.members)
        if (is_json_string(m.value.text)) unescaped.push_back(unescape_json_string(m.value.text));
        else unescaped.push_back(m.value.text);
    if (is_json_string(request.chunking_strategy.text)) unescaped.push_back(unescape_json_string(request.chunking_strategy.text));
    values.insert(values.end(), unescaped.begin(), unescaped.end());
    return form_boundary(values);
}

LLMX_DECL void openai_transcript_lost(const transcription_request& request, drop_report& drops) {
    const auto lost = [&drops](bool there, std::string_view member) {
        if (there) drops.lost(std::string(member));
    };
    lost(!request.language.empty(), "language");
    lost(!request.languages.empty(), "languages");
    lost(!request.keywords.empty(), "keywords");
    lost(!request.timestamp_granularities.empty(), "timestamp_granularities");
    lost(!request.include.empty(), "include");
    lost(!request.chunking_strategy.empty(), "chunking_strategy");
    lost(!request.known_speaker_names.empty(), "known_speaker_names");
    lost(!request.known_speaker_references.empty(), "known_speaker_references");
}

LLMX_DECL result<void> openai_transcript_encode(const transcription_request& request, const encode_options& options,
                                                encoded_request& out, drop_report& drops, std::string_view dialect,
                                                bool translating) {
    const bool ours = request.extra.speaks(dialect);
    if (request.file.empty() && !(ours && request.extra.find("url") != nullptr))
        return openai_chat_wrong("file", openai_transcript_file);
    for (const char c : request.content_type)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return openai_chat_wrong("content_type", "a media type");
    const std::string boundary = openai_transcript_boundary(request);
    out.content_type = "multipart/form-data; boundary=" + boundary;
    out.body.reserve(out.body.size() + request.file.size() + request.prompt.size() + 2048);
    openai_transcript_writer w(out.body, boundary);
    w.text("model", options.model.empty() ? std::string_view(request.model) : options.model);
    w.filled("prompt", request.prompt);
    w.filled("response_format", request.response_format);
    if (request.temperature) {
        char digits[40];
        const auto end = std::to_chars(digits, digits + sizeof digits, *request.temperature).ptr;
        w.text("temperature", std::string_view(digits, static_cast<std::size_t>(end - digits)));
    }
    if (options.stream.value_or(request.stream.value_or(false))) w.text("stream", "true");
    if (translating) {
        openai_transcript_lost(request, drops);
    } else {
        w.filled("language", request.language);
        w.list("languages[]", request.languages);
        w.list("keywords[]", request.keywords);
        w.list("timestamp_granularities[]", request.timestamp_granularities);
        w.list("include[]", request.include);
        if (!request.chunking_strategy.empty()) w.object("chunking_strategy", request.chunking_strategy.text);
        w.list("known_speaker_names[]", request.known_speaker_names);
        w.list("known_speaker_references[]", request.known_speaker_references);
    }
    for (const auto& m : request.extra.members) {
        if (ours) w.json(m.name, m.value.text);
        else drops.foreign(m.name);
    }
    // Last, so that a server knows what to do with it when it comes.
    if (!request.file.empty()) w.file(request);
    append_multipart_end(out.body, boundary);
    return success();
}

LLMX_DECL std::string openai_transcript_path(std::string_view member) {
    if (member == "filename" || member == "content_type") return "file";
    return std::string(member);
}

} // namespace llmx::inline v0::detail
