// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace anthropic_test {

using dialect = llmx::anthropic_messages;

inline boost::json::value json(std::string_view text) {
    boost::system::error_code ec;
    auto v = boost::json::parse(text, ec);
    BOOST_REQUIRE_MESSAGE(!ec, "not JSON: " << text);
    return v;
}
/// Equal as JSON, whatever the order of members.
inline void check_json(std::string_view got, std::string_view expected) {
    const auto a = json(got);
    const auto b = json(expected);
    BOOST_CHECK_MESSAGE(a == b, "got      " << boost::json::serialize(a) << "\nexpected " << boost::json::serialize(b));
}

inline llmx::chat_request decode(std::string_view body) {
    auto r = dialect::decode_request(body, llmx::request_target());
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    return *r;
}
/// A request around \p members, which may be empty or begin with a comma.
inline std::string body_with(std::string_view members) {
    return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}])" + std::string(members) + "}";
}

struct encoded {
    std::string body;
    std::vector<std::string> lost, hints;
    bool answer_by_tool = false;
    boost::json::value tree;
};
inline encoded encode(const llmx::chat_request& r, llmx::model_traits traits = llmx::model_traits()) {
    encoded e;
    llmx::drop_report drops;
    llmx::encode_options options;
    options.model = r.model;
    options.traits = traits;
    auto done = dialect::encode_request(r, options, e.body, drops);
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done.has_error() ? done.error().message() : std::string()));
    for (const auto& d : drops.entries()) (d.hint ? e.hints : e.lost).push_back(d.at.text());
    e.answer_by_tool = drops.answered_by_tool();
    e.tree = json(e.body);
    return e;
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
inline llmx::chat_request hello() {
    llmx::chat_request r("claude", "hi");
    r.max_output_tokens = 100;
    return r;
}

} // namespace anthropic_test
