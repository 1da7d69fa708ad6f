// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/wire/multipart.hpp>

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace audio_test {

inline boost::json::value json(std::string_view text) {
    return boost::json::parse(boost::json::string_view(text.data(), text.size()));
}

inline llmx::request_target target(std::string_view model = "") {
    llmx::request_target t;
    t.model = model;
    return t;
}

/// The drops, joined; hints in brackets.
inline std::string dropped(const llmx::drop_report& drops) {
    std::string out;
    for (const auto& e : drops.entries()) {
        if (!out.empty()) out += ' ';
        out += e.hint ? "(" + e.at.text() + ")" : e.at.text();
    }
    return out;
}

inline constexpr std::string_view form_type = "multipart/form-data; boundary=XX";

/// A field of a form with the boundary XX.
inline std::string field(std::string_view name, std::string_view value) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) + "\r\n";
}
inline std::string file(std::string_view octets, std::string_view filename = "a.wav", std::string_view name = "file") {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"; filename=\"" + std::string(filename) +
           "\"\r\nContent-Type: audio/wav\r\n\r\n" + std::string(octets) + "\r\n";
}
inline std::string form(std::string parts) { return std::move(parts) + "--XX--\r\n"; }

/// Fields of the form that \p body is, in their order.
inline std::vector<std::pair<std::string, std::string>> fields_of(std::string_view body, std::string_view type) {
    std::vector<std::pair<std::string, std::string>> out;
    const auto boundary = llmx::multipart_boundary(type).value();
    llmx::multipart_parser parser(boundary);
    const auto take = [&out](const llmx::multipart_event& e) {
        if (e.what == llmx::multipart_event::kind::part) out.emplace_back(e.part->name, std::string());
        else if (e.what == llmx::multipart_event::kind::data) out.back().second += e.raw;
    };
    parser.feed(body, take).value();
    parser.finish().value();
    return out;
}

/// Feeds \p bytes split at every byte and whole; both see the same.
template <class C> llmx::stream_progress watched(std::string_view type, std::string_view bytes) {
    const auto whole = C::make_watch(type);
    const auto split = C::make_watch(type);
    llmx::stream_progress a = whole->feed(bytes), b;
    for (std::size_t i = 0; i < bytes.size(); ++i) b = split->feed(bytes.substr(i, 1));
    const bool same = a.begun == b.begun && a.complete == b.complete && a.failed == b.failed && a.tokens == b.tokens &&
                      a.pending == b.pending;
    if (!same) a.failed = !a.failed;
    return a;
}

} // namespace audio_test
