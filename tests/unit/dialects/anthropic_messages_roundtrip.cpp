// SPDX-License-Identifier: BSL-1.0
#include "anthropic_messages_support.hpp"

#include <llmx/wire/base64.hpp>

#include <random>

namespace anthropic_messages_roundtrip_unit {

using namespace anthropic_test;
using llmx::chat_request;
using llmx::message;
using llmx::role;

namespace {

/// Makes what the dialect can say, in the form that reading gives it.
class generator {
public:
    explicit generator(std::uint64_t seed) : random_(seed) {}

    /// A schema that the API enforces as it is.
    static constexpr const char* closed = R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})";

    chat_request request(llmx::model_traits& traits) {
        chat_request r;
        r.model = word();
        r.max_output_tokens = 20000 + number(1000);
        if (coin()) {
            message m(role::system);
            for (int i = number(3) + 1; i > 0; --i) m.add(text(false));
            r.messages.push_back(m);
        }
        for (int i = number(3) + 1; i > 0; --i) {
            r.messages.push_back(user_turn());
            r.messages.push_back(assistant_turn());
        }
        r.messages.push_back(user_turn());
        // Calls in the history need a tool; so there always is one.
        for (int i = number(2) + 1; i > 0; --i) r.tools.push_back(tool());
        if (coin()) {
            r.tool_choice.emplace(static_cast<llmx::tool_choice::mode>(number(4)));
            if (r.tool_choice->how == llmx::tool_choice::mode::function) r.tool_choice->name = r.tools[0].name;
            if (coin() && r.tool_choice->how != llmx::tool_choice::mode::none) r.parallel_tool_calls = coin();
        }
        traits.native_json_schema = true;
        if (coin()) r.response_format = llmx::response_format::json_schema("", closed);
        if (coin()) {
            reasoning(r, traits);
        } else {
            if (coin()) r.temperature = number(100) / 100.0;
            if (coin()) r.top_k = number(50);
        }
        if (!r.temperature && coin()) r.top_p = 0.95;
        for (int i = number(3); i > 0; --i) r.stop.push_back(word());
        if (coin()) r.user = word();
        if (coin()) r.service_tier = coin() ? llmx::service_tier::automatic : llmx::service_tier::standard;
        if (coin()) r.cache = cache();
        r.stream = r.include_usage = coin();
        if (coin()) r.extra.add(dialect::name, "container", "\"" + name() + "\"");
        return r;
    }

    llmx::chat_reply reply() {
        using llmx::finish_reason;
        static constexpr finish_reason reasons[] = {finish_reason::stop, finish_reason::stop_sequence,
                                                    finish_reason::length, finish_reason::tool_calls,
                                                    finish_reason::content_filter, finish_reason::pause};
        llmx::chat_reply r;
        r.id = word();
        r.model = word();
        auto& c = r.choices.emplace_back();
        c.answer = assistant_turn();
        bool calls = false;
        for (auto& p : c.answer.content) {
            if (auto* t = std::get_if<llmx::text_part>(&p)) t->cache.reset();
            if (auto* t = std::get_if<llmx::tool_call_part>(&p)) {
                t->cache.reset();
                calls = true;
            }
        }
        c.finish = reasons[number(6)];
        if (calls && c.finish == finish_reason::stop) c.finish = finish_reason::tool_calls;
        if (c.finish == finish_reason::stop_sequence) c.stop_sequence = word();
        r.usage.cached_tokens = number(50);
        r.usage.cache_write_tokens = number(50);
        r.usage.input_tokens = r.usage.cached_tokens + r.usage.cache_write_tokens + number(50);
        r.usage.output_tokens = number(100);
        r.usage.reasoning_tokens = number(3);
        if (coin()) r.service_tier = coin() ? llmx::service_tier::standard : llmx::service_tier::priority;
        r.usage.tier = r.service_tier; // of a whole reply it stands in both
        if (coin()) r.extra.add(dialect::name, "container", object());
        r.usage.fast = coin();
        if (r.usage.fast) r.extra.add(dialect::name, "usage", R"({"speed":"fast"})");
        return r;
    }

private:
    int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    bool coin() { return number(2) == 0; }
    std::string word() {
        static const char* const pieces[] = {"a", "\"", "\\", "ü", "日", " x", "\n", "\t", "</", "\x01", "0", "😀"};
        std::string w = "w";
        for (int i = number(8); i > 0; --i) w += pieces[number(12)];
        return w + "e";
    }
    std::string name() {
        std::string n = "f";
        for (int i = number(6); i > 0; --i) n += static_cast<char>('a' + number(26));
        return n;
    }
    std::string object() {
        std::string out;
        llmx::json_writer w(out);
        w.object().member("type", "object").member(word(), number(9)).member("d", number(1000) / 8.0);
        w.key("list").array().value(word()).value(coin()).null().end_array().end_object();
        return out;
    }
    llmx::cache_control cache() { return llmx::cache_control(coin() ? "" : coin() ? "5m" : "1h"); }
    void maybe(std::optional<llmx::cache_control>& c) {
        if (number(4) == 0) c = cache();
    }
    llmx::text_part text(bool cited) {
        llmx::text_part t(word());
        maybe(t.cache);
        if (number(5) == 0) t.extra.add(dialect::name, "later", object());
        for (int i = cited ? number(3) : 0; i > 0; --i) {
            llmx::citation c;
            c.quote = word();
            c.title = word();
            const auto quoted = [](const std::string& s) {
                std::string q;
                llmx::append_json_string(q, s);
                return q;
            };
            c.original.add(dialect::name, "type", "\"page_location\"");
            c.original.add(dialect::name, "cited_text", quoted(c.quote));
            c.original.add(dialect::name, "document_title", quoted(c.title));
            c.original.add(dialect::name, "start_page_number", "4");
            t.citations.push_back(c);
        }
        return t;
    }
    llmx::image_part image() {
        static const char* const types[] = {"image/png", "image/jpeg", "image/gif", "image/webp"};
        llmx::image_part p(coin() ? llmx::media::from_base64(types[number(4)], llmx::base64_encode(word()))
                           : coin() ? llmx::media::from_url("https://e.org/" + name())
                                    : llmx::media::from_file_id(name()));
        maybe(p.cache);
        return p;
    }
    llmx::file_part file() {
        llmx::file_part p;
        switch (number(4)) {
        case 0: p.source = llmx::media::from_base64("application/pdf", llmx::base64_encode(word())); break;
        case 1: p.source = llmx::media::from_base64("text/plain", llmx::base64_encode(word())); break;
        case 2: p.source = llmx::media::from_file_id(name()); break;
        default:
            p.source = llmx::media::from_url("https://e.org/x.pdf");
            p.source.media_type = "application/pdf";
        }
        if (coin()) p.filename = word();
        maybe(p.cache);
        if (coin()) p.extra.add(dialect::name, "context", "\"c\"");
        return p;
    }
    message user_turn() {
        message m(role::user);
        for (int i = number(3); i > 0; --i) {
            llmx::tool_result_part r;
            r.call_id = name();
            r.is_error = coin();
            maybe(r.cache);
            for (int k = number(3); k > 0; --k) {
                if (coin()) r.content.emplace_back(text(false));
                else if (coin()) r.content.emplace_back(image());
                else r.content.emplace_back(file());
            }
            m.add(r);
        }
        for (int i = number(3); i > 0; --i) {
            if (coin()) m.add(text(false));
            else if (coin()) m.add(image());
            else m.add(file());
        }
        if (m.content.empty()) m.add(text(false));
        return m;
    }
    llmx::thinking_part thought() {
        llmx::thinking_part p(word(), word());
        if (!p.signature.empty()) p.signer = dialect::name;
        return p;
    }
    message assistant_turn() {
        message m(role::assistant);
        if (coin()) m.add(thought());
        if (number(4) == 0) {
            llmx::thinking_part p;
            p.redacted_data = word();
            m.add(p);
        }
        m.add(text(true));
        if (number(4) == 0)
            m.add(llmx::opaque_part(dialect::name, R"({"type":"container_upload","file_id":"f","new":{"q":1.5}})"));
        for (int i = number(3); i > 0; --i) {
            // Ids of calls are unique in a conversation.
            llmx::tool_call_part c(name() + std::to_string(++calls_), name(), object());
            maybe(c.cache);
            if (number(4) == 0) c.extra.add(dialect::name, "caller", R"({"type":"code","tool_id":"t"})");
            m.add(c);
        }
        return m;
    }
    llmx::tool tool() {
        llmx::tool t;
        if (number(4) == 0) {
            t.name = name();
            t.builtin = llmx::opaque_part(dialect::name, R"({"type":"bash_20250124","name":")" + t.name + "\"}");
            return t;
        }
        t = llmx::tool(name(), coin() ? word() : "", object());
        if (coin()) t.strict = coin();
        if (t.strict.value_or(false)) t.parameters = llmx::raw_json(closed);
        maybe(t.cache);
        if (number(4) == 0) t.extra.add(dialect::name, "input_examples", "[]");
        return t;
    }
    void reasoning(chat_request& r, llmx::model_traits& traits) {
        auto& how = r.reasoning.emplace();
        if (number(4) == 0) {
            how.budget_tokens = 0;
            return;
        }
        if (coin()) how.include_thoughts = coin();
        if (coin()) {
            traits.reasoning = llmx::model_traits::reasoning_style::effort;
            how.adaptive = true;
            how.include_thoughts = coin(); // left out, they are asked for
            if (coin()) how.effort = static_cast<llmx::reasoning_effort>(number(5) + 2);
        } else {
            how.budget_tokens = 1024 + number(5000);
        }
        // Neither forced tools nor calls without their thinking go with it.
        r.tool_choice.reset();
        r.parallel_tool_calls.reset();
        for (auto& m : r.messages)
            if (m.from == role::assistant)
                m.content.insert(m.content.begin(), thought());
    }

    std::mt19937_64 random_;
    int calls_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_anthropic_messages_roundtrip)

BOOST_AUTO_TEST_CASE(requests) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        llmx::model_traits traits;
        const auto r = generator(seed).request(traits);
        const auto e = encode(r, traits);
        BOOST_TEST_INFO("seed " << seed << "\n" << e.body);
        BOOST_REQUIRE(e.lost.empty());
        BOOST_TEST_INFO("seed " << seed << "\n" << e.body);
        BOOST_REQUIRE(e.hints.empty());
        const auto back = decode(e.body);
        BOOST_TEST_INFO("seed " << seed << "\n" << e.body << "\n" << encode(back, traits).body);
        BOOST_REQUIRE((back == r));
        const auto head = dialect::scan_request(e.body, llmx::request_target());
        BOOST_REQUIRE(head.has_value());
        BOOST_TEST(head->stream == r.stream);
        BOOST_TEST(head->max_output_tokens == *r.max_output_tokens);
    }
}

BOOST_AUTO_TEST_CASE(replies) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const auto r = generator(seed).reply();
        std::string body;
        dialect::encode_reply(r, llmx::reply_options(), body);
        const auto back = dialect::decode_reply(body);
        BOOST_TEST_INFO("seed " << seed << "\n" << body);
        BOOST_REQUIRE(back.has_value());
        BOOST_TEST_INFO("seed " << seed << "\n" << body);
        BOOST_REQUIRE((*back == r));
        BOOST_TEST((dialect::scan_usage(body) == r.usage));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace anthropic_messages_roundtrip_unit
