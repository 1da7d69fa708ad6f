// SPDX-License-Identifier: BSL-1.0
#include "calls.hpp"

#include <algorithm>

namespace soak {
namespace {

struct share {
    kind what;
    unsigned per_mille;
};
constexpr std::array<share, 16> shares{{
    {kind::ok, 640}, {kind::slow, 60}, {kind::cut, 60}, {kind::drop, 20}, {kind::limited, 25}, {kind::failed, 25},
    {kind::garbage, 20}, {kind::html, 20}, {kind::stall, 6}, {kind::flaky, 25}, {kind::fallback, 15}, {kind::cancelled, 40},
    {kind::over_limit, 30}, {kind::unknown_model, 5}, {kind::wrong_key, 4}, {kind::malformed, 5}}};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// The mark by which a stream of this language ends well.
std::string_view end_mark(language l) {
    switch (l) {
    case language::openai: return "data: [DONE]";
    case language::anthropic: return "event: message_stop";
    case language::gemini: return "\"finishReason\":\"STOP\"";
    }
    return {};
}

/// Whether \p body has an error in the caller's language, alone or as the event of a stream.
bool has_error(language l, std::string_view body) {
    if (l == language::anthropic) return contains(body, R"("type":"error")") && contains(body, R"("message":)");
    return contains(body, R"("error":)") && contains(body, R"("message":)");
}

/// The texts of an answer in the order in which they came, whichever language it has.
std::string texts(std::string_view body) {
    std::string all;
    for (std::size_t at = 0; at < body.size();) {
        std::size_t begin = std::string_view::npos;
        for (const std::string_view member : {R"("content":")", R"("text":")"}) {
            const auto found = body.find(member, at);
            if (found != std::string_view::npos) begin = std::min(begin, found + member.size());
        }
        if (begin == std::string_view::npos) break;
        const auto end = body.find('"', begin); // the upstream's texts have no quotes
        if (end == std::string_view::npos) break;
        all += body.substr(begin, end - begin);
        at = end;
    }
    return all;
}

bool status_fits(const call& c, unsigned status) {
    switch (c.what) {
    case kind::limited: return status == 429;
    case kind::failed: return status == 500;
    case kind::cut: case kind::drop: case kind::garbage: case kind::html: return status == 502 || status == 503 || status == 500;
    case kind::stall: return status == 504 || status == 408;
    case kind::over_limit: return status == 429;
    case kind::unknown_model: return status == 404;
    case kind::wrong_key: return status == 401;
    case kind::malformed: return status == 400;
    default: return false;
    }
}

} // namespace

std::optional<kind> kind_of(std::string_view name) {
    const auto found = std::find(kind_names.begin(), kind_names.end(), name);
    if (found == kind_names.end()) return std::nullopt;
    return static_cast<kind>(found - kind_names.begin());
}

call make_call(std::uint64_t id, std::mt19937_64& random) {
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    call c;
    c.id = id;
    unsigned point = below(1000);
    for (const share& s : shares) {
        if (point < s.per_mille) {
            c.what = s.what;
            break;
        }
        point -= s.per_mille;
    }
    c.caller = static_cast<language>(below(3));
    c.upstream = static_cast<language>(below(3));
    c.stream = below(2) == 0;
    c.padding = below(50) == 0 ? 100'000 : below(4000);
    c.leave_after = below(40);
    return c;
}

std::string answer_text(std::uint64_t id) { return "This is the answer to call " + std::to_string(id) + ", in eight pieces."; }

std::string request_text(const call& c, std::string_view key, std::string_view poor_key) {
    const std::string id = std::to_string(c.id);
    const std::string model = c.what == kind::unknown_model ? "nothing"
                              : c.what == kind::fallback    ? "dead-" + std::string(language_names[static_cast<std::size_t>(c.upstream)])
                              : c.what == kind::flaky       ? "flaky-" + std::string(language_names[static_cast<std::size_t>(c.upstream)])
                                                            : std::string(language_names[static_cast<std::size_t>(c.upstream)]);
    std::string text = "[soak " + std::string(name_of(c.what)) + " " + id + "] ";
    while (text.size() < c.padding) text += "Some words which the upstream reads and counts and does not need at all. ";
    std::string path, body;
    switch (c.caller) {
    case language::openai:
        path = "/v1/chat/completions";
        body = R"({"model":")" + model + R"(","messages":[{"role":"user","content":")" + text + R"("}],"max_tokens":100)" +
               (c.stream ? R"(,"stream":true,"stream_options":{"include_usage":true}})" : "}");
        break;
    case language::anthropic:
        path = "/v1/messages";
        body = R"({"model":")" + model + R"(","max_tokens":100,"messages":[{"role":"user","content":")" + text + R"("}])" +
               (c.stream ? R"(,"stream":true})" : "}");
        break;
    case language::gemini:
        path = "/v1beta/models/" + model + (c.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
        body = R"({"contents":[{"role":"user","parts":[{"text":")" + text + R"("}]}],"generationConfig":{"maxOutputTokens":100}})";
        break;
    }
    if (c.what == kind::malformed) body.resize(body.size() / 2);
    return "POST " + path + " HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-request-id: soak-" + id +
           "\r\nauthorization: Bearer " + std::string(c.what == kind::wrong_key ? "sk-wrong" : c.what == kind::over_limit ? poor_key : key) +
           "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

ending judge(const call& c, const answer& a, std::string& why) {
    const auto wrong = [&](std::string text) {
        why = std::move(text);
        return ending::wrong;
    };
    if (a.status == 0) return wrong("the connection ended without an answer");
    if (a.status != 200) {
        if (!a.whole) return wrong("an error that is not whole");
        if (!has_error(c.caller, a.body)) return wrong("an error that is not in the caller's language");
        if (!status_fits(c, a.status)) return wrong("an unexpected status");
        if (a.status == 429 && !a.retry_after) return wrong("429 without retry-after");
        return ending::refused;
    }
    const bool ended = a.whole && (!c.stream || contains(a.body, end_mark(c.caller)));
    const std::string said = texts(a.body), expected = answer_text(c.id);
    switch (c.what) {
    case kind::ok: case kind::slow: case kind::flaky: case kind::fallback: case kind::over_limit: case kind::cancelled:
        if (!ended) return wrong("an answer that is not whole");
        if (said != expected) return wrong("the answer is \"" + said + "\"");
        return ending::answered;
    case kind::cut: case kind::stall: case kind::drop:
        if (!c.stream) return wrong("an answer that the upstream did not give");
        if (ended && !has_error(c.caller, a.body)) return wrong("a broken stream that ends well");
        if (!expected.starts_with(said)) return wrong("the beginning is \"" + said + "\"");
        return ending::broken;
    default:
        return wrong("an answer that the upstream did not give");
    }
}

} // namespace soak
