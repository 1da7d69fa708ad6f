// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/wire/aws_event_stream.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bedrock_test {

using dialect = llmx::bedrock_converse;
inline constexpr std::string_view claude = "us.anthropic.claude-sonnet-4-20250514-v1:0", nova = "amazon.nova-pro-v1:0",
                                  llama = "meta.llama3-70b-instruct-v1:0", gpt = "openai.gpt-oss-120b-1:0";

inline boost::json::value json(std::string_view text) {
    boost::system::error_code ec;
    auto v = boost::json::parse(text, ec);
    BOOST_REQUIRE_MESSAGE(!ec, "not JSON: " << text);
    return v;
}
/// Equal as JSON, whatever the order of members.
inline void check_json(const boost::json::value& a, std::string_view expected) {
    const auto b = json(expected);
    BOOST_CHECK_MESSAGE(a == b, "got      " << boost::json::serialize(a) << "\nexpected " << boost::json::serialize(b));
}

struct encoded {
    std::string body;
    /// "top_k! metadata[0]?": what is lost and what is a hint.
    std::string drops;
    bool answer_by_tool = false;
    boost::json::value tree;

    /// A member by its path ("inferenceConfig/maxTokens"); null when there is none.
    [[nodiscard]] boost::json::value at(std::string_view path) const {
        boost::system::error_code ec;
        const boost::json::value* const found = tree.find_pointer("/" + std::string(path), ec);
        return found != nullptr ? *found : boost::json::value();
    }
};
inline encoded encode(const llmx::chat_request& r, std::string_view model = claude, llmx::model_traits traits = llmx::model_traits()) {
    encoded e;
    llmx::drop_report drops;
    llmx::encode_options options;
    options.model = model;
    options.traits = traits;
    auto done = dialect::encode_request(r, options, e.body, drops);
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done.has_error() ? done.error().message() : std::string()));
    for (const auto& d : drops.entries()) e.drops += (e.drops.empty() ? "" : " ") + d.at.text() + (d.hint ? "?" : "!");
    e.answer_by_tool = drops.answered_by_tool();
    e.tree = json(e.body);
    return e;
}
/// The sentence of the failure.
inline std::string refusal(const llmx::chat_request& r, std::string_view model = claude) {
    std::string body = "kept";
    llmx::drop_report drops;
    llmx::encode_options options;
    options.model = model;
    const auto done = dialect::encode_request(r, options, body, drops);
    BOOST_REQUIRE(done.has_error());
    BOOST_CHECK(done.error() == llmx::errc::invalid_request);
    BOOST_CHECK(body == "kept");
    return done.error().message();
}
inline llmx::model_traits with_efforts() {
    llmx::model_traits t;
    t.reasoning = llmx::model_traits::reasoning_style::effort;
    return t;
}
inline llmx::model_traits with_schemas() {
    llmx::model_traits t;
    t.native_json_schema = true;
    return t;
}
inline llmx::chat_request hello() { return llmx::chat_request("m", "hi"); }
inline llmx::tool weather() { return llmx::tool("get_weather", "Weather of a place", R"({"type":"object","properties":{"city":{"type":"string"}}})"); }

/// One message of the event stream.
inline std::string event(std::string_view type, std::string_view payload) {
    std::string headers, out;
    using enum llmx::aws_header_type;
    for (const auto& h : {llmx::aws_event_header(":event-type", text, type), llmx::aws_event_header(":content-type", text, "application/json"),
                          llmx::aws_event_header(":message-type", text, "event")})
        BOOST_REQUIRE(llmx::append_aws_header(headers, h).has_value());
    BOOST_REQUIRE(llmx::append_aws_event(out, headers, payload).has_value());
    return out;
}
inline std::string exception(std::string_view type, std::string_view payload) {
    std::string headers, out;
    using enum llmx::aws_header_type;
    for (const auto& h : {llmx::aws_event_header(":exception-type", text, type), llmx::aws_event_header(":content-type", text, "application/json"),
                          llmx::aws_event_header(":message-type", text, "exception")})
        BOOST_REQUIRE(llmx::append_aws_header(headers, h).has_value());
    BOOST_REQUIRE(llmx::append_aws_event(out, headers, payload).has_value());
    return out;
}

/// One line per event, with all that its kind has.
inline std::string line(const llmx::chat_event& e) {
    using kind = llmx::chat_event::kind;
    static const char* const names[] = {"start", "text", "refusal", "thinking", "thinking_signature",
                                        "redacted_thinking", "tool_call", "tool_arguments", "citation", "audio",
                                        "logprobs", "opaque", "finish", "usage", "ping"};
    std::ostringstream os;
    os << names[static_cast<int>(e.what)];
    const auto& u = e.tokens;
    switch (e.what) {
    case kind::ping:
    case kind::start: break;
    case kind::usage: os << ' ' << u.input_tokens << '+' << u.output_tokens << " c" << u.cached_tokens << " w" << u.cache_write_tokens; break;
    case kind::finish: os << ' ' << static_cast<int>(e.reason) << " [" << e.text << ']'; break;
    default: os << ' ' << e.part << " [" << e.text << ']';
    }
    if (!e.id.empty()) os << " id=" << e.id;
    if (!e.name.empty()) os << " name=" << e.name;
    os << '\n';
    return os.str();
}

struct decoded_stream {
    std::string lines;
    llmx::error failure = llmx::error(llmx::errc::internal, "none");
    bool failed = false;
};
/// Feeds the pieces and the end; events are read after each piece, as a caller would.
inline decoded_stream decode_stream(const std::vector<std::string_view>& pieces, bool by_tool = false) {
    decoded_stream r;
    dialect::stream_decoder d{llmx::decode_options(by_tool)};
    llmx::event_batch out;
    const auto drain = [&](const llmx::result<void>& done) {
        while (const auto* e = out.try_next()) r.lines += line(*e);
        out.clear();
        if (done.has_error()) r.failure = done.error();
        r.failed = done.has_error();
        return done.has_value();
    };
    for (const auto piece : pieces) {
        // The read buffer is gone before the events are looked at: they must not point into it.
        auto buffer = std::make_unique<std::vector<char>>(piece.begin(), piece.end());
        const auto done = d.feed(std::string_view(buffer->data(), buffer->size()), out);
        buffer.reset();
        if (!drain(done)) return r;
    }
    drain(d.finish(out));
    return r;
}
inline decoded_stream decode_stream(std::string_view all, bool by_tool = false) {
    return decode_stream(std::vector<std::string_view>{all}, by_tool);
}

} // namespace bedrock_test
