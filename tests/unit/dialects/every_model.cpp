// SPDX-License-Identifier: BSL-1.0
// Every chat model of the catalogue of OpenAI, Anthropic and Google, at their own interfaces and at Azure, Vertex AI and
// Bedrock: a request of each language with everything set is written for it, and nothing that the catalogue says it refuses
// is in the bytes.
#include <llmx/catalog/embedded.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/bedrock.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/openai.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace every_model_unit {

using namespace llmx;
namespace json = boost::json;

namespace {

using style = model_traits::reasoning_style;

/// What a request has besides its sampling, its limit and its effort.
enum class extras { none, tools, schema, image };

struct asked {
    std::string language, what, body;
    extras with = extras::none;
    chat_request decoded;
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), by);
    return text;
}

constexpr std::string_view pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
constexpr std::string_view answer_schema = R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})";

std::string openai_body(const std::string& effort, extras with) {
    std::string body = R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":CONTENT}],)"
                       R"("temperature":0.5,"top_p":0.5,"presence_penalty":0.5,"frequency_penalty":0.5,"seed":7,"logprobs":true,)"
                       R"("top_logprobs":2,"logit_bias":{"50256":-1},"stop":["a","b","c","d","e","f","g","h"],)"
                       R"("max_completion_tokens":10000000)";
    if (!effort.empty()) body += R"(,"reasoning_effort":")" + effort + "\"";
    if (with == extras::tools)
        body += R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],)"
                R"("tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false)";
    if (with == extras::schema)
        body += R"(,"response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":)" + std::string(answer_schema) + "}}";
    const std::string image = R"([{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,)" +
                              std::string(pixel) + R"("}}])";
    return replaced(body + "}", "CONTENT", with == extras::image ? image : std::string("\"hi\""));
}

std::string anthropic_body(const std::string& thinking, const std::string& effort, extras with) {
    std::string body = R"({"model":"m","max_tokens":10000000,"system":"Be brief.","messages":[{"role":"user","content":CONTENT}],)"
                       R"("temperature":0.5,"top_p":0.5,"top_k":5,"stop_sequences":["a","b","c","d","e","f","g","h"])";
    if (!thinking.empty()) body += ",\"thinking\":" + thinking;
    std::string output;
    if (!effort.empty()) output = R"("effort":")" + effort + "\"";
    if (with == extras::schema)
        output += std::string(output.empty() ? "" : ",") + R"("format":{"type":"json_schema","schema":)" + std::string(answer_schema) + "}";
    if (!output.empty()) body += ",\"output_config\":{" + output + "}";
    if (with == extras::tools)
        body += R"(,"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],)"
                R"("tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true})";
    const std::string image = R"([{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":")" +
                              std::string(pixel) + R"("}}])";
    return replaced(body + "}", "CONTENT", with == extras::image ? image : std::string("\"hi\""));
}

std::string gemini_body(const std::string& thinking, extras with) {
    std::string config = R"("temperature":0.5,"topP":0.5,"topK":5,"presencePenalty":0.5,"frequencyPenalty":0.5,"seed":7,)"
                         R"("responseLogprobs":true,"logprobs":2,"stopSequences":["a","b","c","d","e"],"maxOutputTokens":10000000)";
    if (!thinking.empty()) config += ",\"thinkingConfig\":" + thinking;
    if (with == extras::schema) config += R"(,"responseMimeType":"application/json","responseJsonSchema":)" + std::string(answer_schema);
    std::string body = R"({"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"hi"}IMAGE]}],)"
                       R"("generationConfig":{)" + config + "}";
    if (with == extras::tools)
        body += R"(,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","properties":{}}}]}],)"
                R"("toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}})";
    const std::string image = R"(,{"inlineData":{"mimeType":"image/png","data":")" + std::string(pixel) + "\"}}";
    return replaced(body + "}", "IMAGE", with == extras::image ? image : std::string());
}

/// All requests, each decoded once.
const std::vector<asked>& requests() {
    static const std::vector<asked> all = [] {
        std::vector<asked> made;
        const auto add = [&made]<class D>(D, const std::string& what, const std::string& body, extras with) {
            request_target target;
            if (std::is_same_v<D, gemini_generate>) target.model = "m";
            auto decoded = D::decode_request(body, target);
            BOOST_REQUIRE_MESSAGE(decoded.has_value(), D::name << " " << what << ": " << (decoded ? "" : decoded.error().message()) << " " << body);
            asked a;
            a.language = D::name;
            a.what = what;
            a.body = body;
            a.with = with;
            a.decoded = std::move(*decoded);
            made.push_back(std::move(a));
        };
        for (const extras with : {extras::none, extras::tools, extras::schema, extras::image}) {
            for (const std::string effort : {"", "none", "minimal", "low", "medium", "high", "xhigh"})
                add(openai_chat(), "effort " + effort, openai_body(effort, with), with);
            for (const std::string effort : {"", "low", "medium", "high", "xhigh", "max"})
                add(anthropic_messages(), "adaptive, effort " + effort, anthropic_body(R"({"type":"adaptive"})", effort, with), with);
            for (const std::string thinking : {"", R"({"type":"disabled"})", R"({"type":"enabled","budget_tokens":1024})",
                                               R"({"type":"enabled","budget_tokens":30000})", R"({"type":"enabled","budget_tokens":900000})"})
                add(anthropic_messages(), thinking, anthropic_body(thinking, "", with), with);
            for (const std::string thinking :
                 {"", R"({"thinkingBudget":0})", R"({"thinkingBudget":-1})", R"({"thinkingBudget":1})", R"({"thinkingBudget":600})",
                  R"({"thinkingBudget":1000000})", R"({"thinkingLevel":"MINIMAL"})", R"({"thinkingLevel":"LOW"})", R"({"thinkingLevel":"MEDIUM"})",
                  R"({"thinkingLevel":"HIGH"})"})
                add(gemini_generate(), thinking, gemini_body(thinking, with), with);
        }
        return made;
    }();
    return all;
}

/// Looks at one written request and collects what is wrong, each kind once, with the first model that it was seen with.
class examination {
public:
    void begin(const model_facts& f, const model_traits& t, const asked& a, const json::value& written) {
        facts_ = &f;
        traits_ = &t;
        asked_ = &a;
        tree_ = &written;
    }
    void wrong(const std::string& what) {
        auto& seen = problems_[what];
        if (seen.second++ == 0) seen.first = facts_->name + " from " + asked_->language + " (" + asked_->what + ")";
    }
    [[nodiscard]] const json::value* at(std::string_view pointer) const {
        boost::system::error_code ec;
        return tree_->find_pointer(pointer, ec);
    }
    [[nodiscard]] std::string word(std::string_view pointer) const {
        const json::value* const v = at(pointer);
        return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string();
    }
    void absent(std::string_view pointer, bool refused) {
        if (refused && at(pointer) != nullptr) wrong(std::string(pointer) + " is refused");
    }
    void at_most(std::string_view pointer, std::int64_t cap) {
        const json::value* const v = at(pointer);
        if (v != nullptr && v->is_int64() && cap > 0 && v->get_int64() > cap) wrong(std::string(pointer) + " above the cap");
    }
    void no_more_than(std::string_view pointer, std::size_t most) {
        const json::value* const v = at(pointer);
        if (v != nullptr && v->is_array() && v->get_array().size() > most) wrong(std::string(pointer) + " has too many");
    }
    void effort(std::string_view pointer) {
        const json::value* const v = at(pointer);
        if (v == nullptr) return;
        if (traits_->reasoning == style::none) return wrong(std::string(pointer) + " to a model that does not reason");
        constexpr std::string_view words[] = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
        std::string given = word(pointer);
        for (char& c : given) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const auto found = std::find(std::begin(words), std::end(words), given);
        if (found == std::end(words) || !traits_->takes_effort(static_cast<reasoning_effort>(found - std::begin(words))))
            wrong(std::string(pointer) + " = " + given + " is no effort of the model");
    }
    /// Claude's `thinking`, at \p pointer.
    void claude_thinking(const std::string& pointer, std::string_view limit) {
        if (at(pointer) == nullptr) return;
        const std::string type = word(pointer + "/type");
        const json::value* const budget = at(pointer + "/budget_tokens");
        const json::value* const most = at(limit);
        if (type == "disabled" && !traits_->can_turn_off) wrong("thinking is switched off where it cannot be");
        if (type == "disabled") return;
        if (traits_->reasoning == style::none) return wrong("thinking for a model that does not think");
        if (traits_->reasoning == style::adaptive && budget != nullptr && traits_->least_budget == 0) wrong("a budget for adaptive thinking");
        if (traits_->reasoning == style::budget && (type != "enabled" || budget == nullptr)) wrong("thinking without a budget");
        if (budget == nullptr || !budget->is_int64()) return;
        const std::int64_t n = budget->get_int64();
        if (n < traits_->least_budget || (traits_->most_budget != 0 && n > traits_->most_budget)) wrong("a budget out of range");
        if (most != nullptr && most->is_int64() && n >= most->get_int64()) wrong("a budget that the limit does not hold");
    }

    void look(openai_chat) {
        using s = sampling_parameter;
        absent("/temperature", traits_->refuses(s::temperature));
        absent("/top_p", traits_->refuses(s::top_p));
        absent("/presence_penalty", traits_->refuses(s::presence_penalty));
        absent("/frequency_penalty", traits_->refuses(s::frequency_penalty));
        absent("/stop", traits_->refuses(s::stop));
        absent("/logit_bias", traits_->refuses(s::logit_bias));
        absent("/logprobs", traits_->refuses(s::logprobs));
        absent("/top_logprobs", traits_->refuses(s::logprobs));
        absent("/seed", traits_->refuses(s::seed));
        absent("/top_k", true);
        absent("/tools", !traits_->tools);
        absent("/parallel_tool_calls", !traits_->parallel_tools);
        if (const json::value* const choice = at("/tool_choice"); choice != nullptr && choice->is_object() && !traits_->forced_tool)
            wrong("/tool_choice forces a tool");
        if (word("/response_format/type") == "json_schema" && facts_->cannot.has(model_ability::json_schema))
            wrong("/response_format is a schema");
        absent("/messages/1/content/1", facts_->cannot.has(model_ability::vision));
        effort("/reasoning_effort");
        at_most("/max_completion_tokens", traits_->max_output_tokens);
        at_most("/max_tokens", traits_->max_output_tokens);
        no_more_than("/stop", 4);
    }
    void look(anthropic_messages) {
        using s = sampling_parameter;
        absent("/temperature", traits_->refuses(s::temperature));
        absent("/top_p", traits_->refuses(s::top_p));
        absent("/top_k", traits_->refuses(s::top_k));
        absent("/tools", !traits_->tools && word("/tools/0/name") == "f");
        absent("/output_config/format", !traits_->native_json_schema);
        absent("/output_format", !traits_->native_json_schema);
        const std::string choice = word("/tool_choice/type");
        if (!traits_->forced_tool && (choice == "tool" || choice == "any")) wrong("/tool_choice forces a tool");
        absent("/messages/0/content/1", facts_->cannot.has(model_ability::vision));
        claude_thinking("/thinking", "/max_tokens");
        effort("/output_config/effort");
        at_most("/max_tokens", traits_->max_output_tokens);
        const std::string thinking = word("/thinking/type");
        if (thinking == "enabled" || thinking == "adaptive") {
            absent("/temperature", true);
            absent("/top_k", true);
            if (choice == "tool" || choice == "any") wrong("thinking beside a forced tool");
        }
    }
    void look(gemini_generate) {
        using s = sampling_parameter;
        const std::string in = "/generationConfig/";
        absent(in + "temperature", traits_->refuses(s::temperature));
        absent(in + "topP", traits_->refuses(s::top_p));
        absent(in + "topK", traits_->refuses(s::top_k));
        absent(in + "presencePenalty", traits_->refuses(s::presence_penalty));
        absent(in + "frequencyPenalty", traits_->refuses(s::frequency_penalty));
        absent(in + "stopSequences", traits_->refuses(s::stop));
        absent(in + "seed", traits_->refuses(s::seed));
        absent(in + "responseLogprobs", traits_->refuses(s::logprobs));
        absent("/tools", !traits_->tools);
        absent(in + "responseJsonSchema", facts_->cannot.has(model_ability::json_schema));
        absent(in + "responseSchema", facts_->cannot.has(model_ability::json_schema));
        absent("/contents/0/parts/1", facts_->cannot.has(model_ability::vision));
        at_most(in + "maxOutputTokens", traits_->max_output_tokens);
        no_more_than(in + "stopSequences", 5);
        absent(in + "thinkingConfig", traits_->reasoning == style::none);
        effort(in + "thinkingConfig/thinkingLevel");
        const json::value* const budget = at(in + "thinkingConfig/thinkingBudget");
        absent(in + "thinkingConfig/thinkingLevel", traits_->reasoning == style::budget);
        if (budget == nullptr || !budget->is_int64()) return;
        const std::int64_t n = budget->get_int64();
        if (traits_->reasoning == style::level) wrong("a budget for a model with levels");
        if (n == 0 && !traits_->can_turn_off) wrong("thinking is switched off where it cannot be");
        if (n > 0 && (n < traits_->least_budget || (traits_->most_budget != 0 && n > traits_->most_budget))) wrong("a budget out of range");
    }
    void look(bedrock_converse) {
        using s = sampling_parameter;
        absent("/inferenceConfig/temperature", traits_->refuses(s::temperature));
        absent("/inferenceConfig/topP", traits_->refuses(s::top_p));
        absent("/additionalModelRequestFields/top_k", traits_->refuses(s::top_k));
        absent("/toolConfig", !traits_->tools && word("/toolConfig/tools/0/toolSpec/name") == "f");
        if (!traits_->forced_tool && (at("/toolConfig/toolChoice/tool") != nullptr || at("/toolConfig/toolChoice/any") != nullptr))
            wrong("/toolConfig/toolChoice forces a tool");
        absent("/messages/0/content/1", facts_->cannot.has(model_ability::vision));
        claude_thinking("/additionalModelRequestFields/thinking", "/inferenceConfig/maxTokens");
        effort("/additionalModelRequestFields/output_config/effort");
        at_most("/inferenceConfig/maxTokens", traits_->max_output_tokens);
    }

    [[nodiscard]] std::string report() const {
        std::string text;
        for (const auto& [what, seen] : problems_) text += what + ": " + std::to_string(seen.second) + " times, first " + seen.first + "\n";
        return text;
    }

private:
    const model_facts* facts_ = nullptr;
    const model_traits* traits_ = nullptr;
    const asked* asked_ = nullptr;
    const json::value* tree_ = nullptr;
    std::map<std::string, std::pair<std::string, std::size_t>> problems_;
};

/// Whether the model lacks what the request is about: then it may be refused with an error.
bool lacks(const model_facts& f, const model_traits& t, extras what) {
    if (what == extras::tools) return !t.tools || !t.forced_tool;
    if (what == extras::schema) return !t.native_json_schema && (!t.tools || !t.forced_tool);
    if (what == extras::image) return !f.supports(model_ability::vision);
    return false;
}

template <class D> std::size_t examine(const model_facts& f, const model_traits& provider, examination& into) {
    const model_traits traits = merge_traits(provider, f.traits);
    const std::string_view model = std::string_view(f.name).substr(f.name.find('/') + 1);
    std::size_t written = 0;
    for (const asked& a : requests()) {
        encode_options options;
        options.model = model;
        options.traits = traits;
        std::string out;
        encoded_request encoded(out);
        drop_report drops;
        const auto done = codec_of<D>.encode_request(any_message::borrow(a.decoded), options, encoded, drops);
        json::value tree;
        if (done) tree = json::parse(out);
        into.begin(f, traits, a, tree);
        if (done) into.look(D());
        else if (!lacks(f, traits, a.with)) into.wrong("not written: " + std::string(done.error().message()));
        written += done ? 1u : 0u;
    }
    return written;
}

std::size_t examine_all(std::string_view provider, examination& into) {
    std::size_t models = 0;
    for (const model_facts& f : embedded_catalog()->models()) {
        if (f.provider() != provider || f.mode != model_mode::chat) continue;
        const std::string_view name = f.name;
        const bool claude = name.find("claude") != std::string_view::npos, gemini = name.find("/gemini") != std::string_view::npos;
        std::size_t written = 0;
        if (provider == "openai") written = examine<openai_chat>(f, openai::facts.traits, into);
        else if (provider == "azure") written = examine<openai_chat>(f, azure_openai::facts.traits, into);
        else if (provider == "anthropic" || (provider == "vertex_ai" && claude)) written = examine<anthropic_messages>(f, anthropic::facts.traits, into);
        else if (provider == "bedrock" && claude) written = examine<bedrock_converse>(f, bedrock::facts.traits, into);
        else if (gemini) written = examine<gemini_generate>(f, llmx::gemini::facts.traits, into);
        else continue;
        BOOST_TEST(written > requests().size() / 4, f.name);
        ++models;
    }
    return models;
}

} // namespace

BOOST_AUTO_TEST_SUITE(every_model)

BOOST_AUTO_TEST_CASE(nothing_that_a_model_refuses_is_written_to_it) {
    struct row {
        const char* provider;
        std::size_t at_least;
    };
    for (const row& r : {row{"openai", 90}, row{"azure", 150}, row{"anthropic", 20}, row{"gemini", 20}, row{"vertex_ai", 50}, row{"bedrock", 60}}) {
        examination seen;
        BOOST_TEST(examine_all(r.provider, seen) >= r.at_least, r.provider);
        BOOST_TEST(seen.report().empty(), r.provider << ":\n" << seen.report());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace every_model_unit
