// SPDX-License-Identifier: BSL-1.0
// Whatever a request has, what is sent has the structure that the API asks for.
#include "bedrock_converse_support.hpp"

#include <llmx/wire/base64.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>

namespace bedrock_converse_property_unit {

using namespace bedrock_test;
using namespace llmx;

namespace {

class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}

    chat_request request() {
        chat_request r;
        r.model = "m";
        for (std::size_t n = below(7); n-- > 0;) r.messages.push_back(a_message());
        for (std::size_t n = below(3); n-- > 0;) {
            tool t = weather();
            t.name = pick({"get_weather", "f", "g-h_1"});
            if (chance()) t.description.clear();
            if (chance()) t.cache = cache();
            if (chance()) t.strict = chance();
            r.tools.push_back(t);
        }
        if (chance()) r.tool_choice = tool_choice(static_cast<tool_choice::mode>(below(3)));
        if (chance()) r.max_output_tokens = static_cast<std::int64_t>(below(3000));
        if (chance()) r.temperature = static_cast<double>(below(30)) / 10 - 0.5;
        if (chance()) r.top_p = static_cast<double>(below(20)) / 10;
        if (chance()) r.top_k = 5;
        if (chance()) r.parallel_tool_calls = chance();
        for (std::size_t n = below(3); n-- > 0;) r.stop.emplace_back(pick({"", " ", "END", "\n"}));
        for (std::size_t n = below(20); n-- > 0;)
            r.metadata.emplace_back(pick({"", "a", "b c", "ü", "{}"}) + std::to_string(below(30)), pick({"", "x", "\"", "ü"}));
        if (chance()) r.reasoning = reasoning_options(static_cast<reasoning_effort>(below(7)));
        if (chance()) r.response_format = chance() ? response_format(response_format::kind::json_object) : response_format::json_schema("n", R"({"a":1})");
        if (chance()) r.service_tier = static_cast<service_tier>(below(6));
        if (chance()) r.cache = cache();
        return r;
    }
    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    bool chance() { return below(2) == 0; }
    std::string pick(std::initializer_list<const char*> all) { return *(all.begin() + below(all.size())); }

private:
    cache_control cache() { return cache_control(pick({"", "5m", "1h", "2h"})); }
    message a_message() {
        message m(static_cast<role>(below(5)));
        for (std::size_t n = below(4); n-- > 0;) m.add(part());
        return m;
    }
    text_part text() {
        text_part t(pick({"", " ", "hi", "so\n", "\xff"}));
        if (chance()) t.cache = cache();
        return t;
    }
    media some_media() {
        media m = media::from_base64(pick({"image/png", "image/tiff", "application/pdf", "text/plain", "audio/wav", "video/mp4", ""}), "AAAA");
        if (below(5) == 0) m = media::from_url(pick({"s3://bucket/a.pdf", "https://e.com/x", "data:image/gif;base64,AAAA", "s3://bucket/x"}));
        return m;
    }
    content_part part() {
        switch (below(9)) {
        case 0: return refusal_part(pick({"", "no"}));
        case 1: return image_part(some_media());
        case 2: return file_part(some_media(), pick({"", "a.pdf", "b c.txt", "///", "\xc3\xbc.md"}));
        case 3: return thinking_part("t", pick({"", "s"}), pick({"", "bedrock_converse", "x"}));
        case 4: return tool_call_part(pick({"", "c1", "c2", "bad id"}), pick({"f", "g"}), pick({"", "{}", R"({"a":[1]})"}));
        case 5: {
            tool_result_part r(pick({"", "c1", "c2", "bad id"}), pick({"", "x"}));
            r.content.emplace_back(image_part(some_media()));
            r.content.emplace_back(file_part(some_media()));
            r.is_error = chance();
            return r;
        }
        case 6: return audio_part(some_media());
        default: return text();
        }
    }
    std::mt19937 random_;
};

bool only(std::string_view text, std::string_view also) {
    return std::all_of(text.begin(), text.end(), [also](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || also.find(c) != std::string_view::npos;
    });
}

/// What is wrong with a body; empty when nothing is.
class checker {
public:
    explicit checker(const boost::json::object& body) {
        const auto& messages = body.at("messages").as_array();
        expect(!messages.empty(), "messages");
        std::string_view last;
        for (const auto& m : messages) {
            const std::string_view from = m.at("role").as_string();
            expect(from == "user" || from == "assistant", "role");
            expect(from != last, "two turns of one side");
            last = from;
            check_content(m.at("content").as_array(), from == "user");
        }
        if (const auto* system = body.if_contains("system")) {
            for (const auto& s : system->as_array()) {
                expect(s.as_object().size() == 1, "a block of several members");
                if (const auto* t = s.as_object().if_contains("text")) expect(!blank(t->as_string()), "blank system text");
                else expect(s.as_object().contains("cachePoint"), "system block");
            }
            expect(!system->as_array().empty(), "empty system");
        }
        if (const auto* inference = body.if_contains("inferenceConfig")) {
            const auto& o = inference->as_object();
            if (const auto* v = o.if_contains("maxTokens")) expect(v->as_int64() >= 1, "maxTokens");
            for (const char* const name : {"temperature", "topP"})
                if (const auto* v = o.if_contains(name)) expect(v->to_number<double>() >= 0 && v->to_number<double>() <= 1, name);
            if (const auto* v = o.if_contains("stopSequences"))
                for (const auto& s : v->as_array()) expect(!s.as_string().empty(), "empty stop sequence");
        }
        if (const auto* metadata = body.if_contains("requestMetadata")) {
            expect(!metadata->as_object().empty() && metadata->as_object().size() <= 16, "number of metadata");
            for (const auto& m : metadata->as_object())
                expect(!m.key().empty() && only(m.key(), " :_@$#=/+,-.") && only(m.value().as_string(), " :_@$#=/+,-."), "metadata");
        }
        bool tools = false;
        if (const auto* config = body.if_contains("toolConfig")) {
            tools = true;
            const auto& list = config->at("tools").as_array();
            expect(!list.empty() && list.front().as_object().contains("toolSpec"), "tools");
            std::set<std::string_view> names;
            for (const auto& t : list)
                if (const auto* spec = t.as_object().if_contains("toolSpec")) {
                    names.insert(spec->at("name").as_string());
                    expect(spec->at("inputSchema").at("json").at("type").as_string() == "object", "schema");
                    if (const auto* d = spec->as_object().if_contains("description")) expect(!d->as_string().empty(), "description");
                }
            if (const auto* choice = config->as_object().if_contains("toolChoice")) {
                expect(choice->as_object().size() == 1, "choice");
                if (const auto* named = choice->as_object().if_contains("tool")) expect(names.contains(named->at("name").as_string()), "choice of no tool");
            }
        }
        expect(tools || !needs_tools_, "blocks of tools without a definition");
    }
    std::string wrong;

private:
    void expect(bool good, const char* what) {
        if (!good) wrong += std::string(what) + "; ";
    }
    static bool blank(std::string_view s) { return s.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos; }
    void check_source(const boost::json::value& of) {
        const auto& source = of.at("source").as_object();
        expect(source.size() == 1, "source");
        if (const auto* bytes = source.if_contains("bytes")) expect(base64_decode(bytes->as_string()).has_value(), "bytes");
        else expect(source.at("s3Location").at("uri").as_string().starts_with("s3://"), "uri");
    }
    void check_document(const boost::json::value& document) {
        const std::string_view name = document.at("name").as_string();
        expect(!name.empty() && name.size() <= 200 && only(name, " -()[]") && name.find("  ") == name.npos, "name of a document");
        expect(names_.insert(std::string(name)).second, "two documents of one name");
    }
    void check_content(const boost::json::array& content, bool user) {
        expect(!content.empty(), "empty turn");
        bool text = false, document = false, other = false, after_point = true;
        for (const auto& b : content) {
            const auto& block = b.as_object();
            expect(block.size() == 1, "a block of several members");
            const std::string_view kind = block.begin()->key();
            const auto& value = block.begin()->value();
            const bool media = kind == "image" || kind == "document" || kind == "audio" || kind == "video";
            if (kind == "text") {
                text = true;
                expect(!blank(value.as_string()), "blank text");
            } else if (media) {
                expect(user, "media of the assistant");
                check_source(value);
                if (kind == "document") {
                    document = true;
                    check_document(value);
                }
            } else if (kind == "toolUse") {
                expect(!user, "a call of the user");
                needs_tools_ = true;
                check_id(value.at("toolUseId").as_string());
                expect(value.at("input").is_object(), "input");
            } else if (kind == "toolResult") {
                expect(user && !other, "a result behind something else");
                needs_tools_ = true;
                check_id(value.at("toolUseId").as_string());
                for (const auto& c : value.at("content").as_array()) {
                    expect(c.as_object().size() == 1, "a block of several members");
                    if (const auto* t = c.as_object().if_contains("text")) expect(!blank(t->as_string()), "blank text");
                    if (const auto* d = c.as_object().if_contains("document")) check_document(*d);
                }
            } else if (kind == "reasoningContent") {
                expect(!user && !value.at("reasoningText").at("signature").as_string().empty(), "thought");
            } else {
                expect(kind == "cachePoint" && !after_point, "cache point");
            }
            after_point = kind == "cachePoint";
            other |= kind != "toolResult" && kind != "cachePoint";
        }
        expect(text || !document, "a document without a text");
    }
    void check_id(std::string_view id) { expect(!id.empty() && id.size() <= 64 && only(id, "_.:-"), "id"); }
    std::set<std::string> names_;
    bool needs_tools_ = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_bedrock_converse_property)

BOOST_AUTO_TEST_CASE(whatever_is_asked_the_body_has_the_structure_of_the_api) {
    std::size_t written = 0;
    for (unsigned seed = 0; seed < 4000; ++seed) {
        generator g(seed);
        const chat_request r = g.request();
        const std::string_view model = std::array{claude, nova, llama, gpt}[g.below(4)];
        encode_options options;
        options.model = model;
        if (g.chance()) options.traits = with_schemas();
        if (g.chance()) options.traits.reasoning = model_traits::reasoning_style::effort;
        std::string body;
        drop_report drops;
        const result<void> done = dialect::encode_request(r, options, body, drops);
        if (!done) {
            // A message of parts that the language has not is nothing that could be sent.
            BOOST_REQUIRE((done.error() == errc::invalid_request || done.error() == errc::unsupported_parameter));
            BOOST_REQUIRE(!done.error().param().empty());
            continue;
        }
        ++written;
        const checker found(json(body).as_object());
        BOOST_REQUIRE_MESSAGE(found.wrong.empty(), "seed " << seed << ": " << found.wrong << body);
    }
    BOOST_TEST(written > 1500u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bedrock_converse_property_unit
