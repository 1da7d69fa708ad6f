// SPDX-License-Identifier: BSL-1.0
// What a request asks for, and what is in the bytes that a model gets: each row is a model, a client's language, members of the
// request and what has to be there. The models' traits are those of the embedded catalogue.
#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/embedded.hpp>

#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/bedrock.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/providers/vertex.hpp>
#include <llmx/registry/provider_ops.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace model_traits_unit {

using namespace llmx;

namespace {

struct row {
    std::string_view provider, model, facade, asked;
    /// "/pointer=JSON", "-/pointer" for an absent member, "~place" for a hint, "!place" for a loss, "clean" for no report at all.
    std::vector<std::string_view> wanted;
    std::string_view stated = {};
    friend std::ostream& operator<<(std::ostream& out, const row& r) {
        return out << r.facade << " to " << r.provider << '/' << r.model << ": " << r.asked;
    }
};

const provider_ops& ops_of(std::string_view name) {
    static const provider_ops* const all[] = {&provider_ops_of<openai>, &provider_ops_of<openai_compatible>, &provider_ops_of<azure_openai>,
                                              &provider_ops_of<anthropic>, &provider_ops_of<gemini>,
#if !defined(LLMX_NO_TLS)
                                              &provider_ops_of<bedrock>, &provider_ops_of<vertex_ai>,
#endif
    };
    const auto* const found = std::find_if(std::begin(all), std::end(all), [name](const provider_ops* p) { return p->name == name; });
    BOOST_REQUIRE(found != std::end(all));
    return **found;
}

/// A client's request: \p asked over a question, its JSON in place of what is there.
std::string request_of(std::string_view facade, std::string_view asked) {
    boost::json::object made;
    if (facade == "gemini") made = boost::json::parse(R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})").as_object();
    else made = boost::json::parse(R"({"model":"m","messages":[{"role":"user","content":"hi"}]})").as_object();
    if (facade == "anthropic") made["max_tokens"] = 2000;
    const boost::json::value over = boost::json::parse("{" + std::string(asked) + "}");
    for (const auto& m : over.as_object()) made[m.key()] = m.value();
    return boost::json::serialize(made);
}

struct sent_request {
    explicit sent_request(const row& r) {
        const provider_ops& to = ops_of(r.provider);
        deployment d;
        d.provider = r.provider;
        d.model = r.model;
        d.model_info = r.stated;
        BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
        const model_facts* const facts = facts_of(d, d.model);
        const codec_ops& from = r.facade == "openai"      ? codec_of<openai_chat>
                                : r.facade == "anthropic" ? codec_of<anthropic_messages>
                                                          : codec_of<gemini_generate>;
        request_target target;
        target.model = "m";
        const auto decoded = from.decode_request(request_of(r.facade, r.asked), std::string_view(), target);
        BOOST_REQUIRE_MESSAGE(decoded.has_value(), r << ": " << decoded.error().message());
        encode_options options;
        options.model = d.model;
        options.traits = to.traits_for(d, d.model, facts != nullptr ? &facts->traits : nullptr);
        const codec_ops* const form = to.codec_for(chat::info, nullptr, d, d.model);
        BOOST_REQUIRE(form != nullptr);
        std::string body;
        encoded_request out(body);
        const auto done = form->encode_request(*decoded, options, out, drops);
        BOOST_REQUIRE_MESSAGE(done.has_value(), r << ": " << done.error().message());
        text = body;
        tree = boost::json::parse(body);
    }
    [[nodiscard]] std::string at(std::string_view pointer) const {
        boost::system::error_code ec;
        const boost::json::value* const v = tree.find_pointer(pointer, ec);
        return v == nullptr ? std::string() : boost::json::serialize(*v);
    }
    [[nodiscard]] bool reports(std::string_view place, bool hint) const {
        return std::any_of(drops.entries().begin(), drops.entries().end(),
                           [&](const drop_report::entry& e) { return e.hint == hint && e.at.text() == place; });
    }
    [[nodiscard]] std::string reports() const {
        std::string all;
        for (const auto& e : drops.entries()) all += (e.hint ? " ~" : " !") + e.at.text();
        return all;
    }
    std::string text;
    boost::json::value tree;
    drop_report drops;
};

constexpr std::string_view schema = R"("response_format":{"type":"json_schema","json_schema":{"name":"r","strict":true,"schema":)";
const std::string bounded = std::string(schema) + R"({"type":"object","properties":{"n":{"type":"integer","minimum":1,"description":"d"},
    "p":{"type":"object","properties":{"s":{"type":"string","maxLength":3}}}}}}})";
const std::string open_map = std::string(schema) + R"({"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"string"}}}}}})";
const std::string recursive = std::string(schema) +
    R"({"type":"object","properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}}}}})";

constexpr std::string_view thought_call = R"("messages":[{"role":"user","content":"hi"},
    {"role":"assistant","content":[{"type":"thinking","thinking":"I think","signature":"sig"},{"type":"tool_use","id":"c","name":"f","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"r"}]}],"tools":[{"name":"f","input_schema":{"type":"object"}}])";
constexpr std::string_view bare_call = R"("messages":[{"role":"user","content":"hi"},
    {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
    {"role":"tool","tool_call_id":"c","content":"r"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])";
constexpr std::string_view begun = R"("messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"It"}])";
constexpr std::string_view forced =
    R"("tool_choice":"required","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])";

const std::vector<row> rows = {
    // Whether a model thinks.
    {"openai", "gpt-4o", "anthropic", R"("thinking":{"type":"enabled","budget_tokens":1500})", {"-/reasoning_effort", "~reasoning"}},
    {"openai", "gpt-4o", "openai", R"("reasoning_effort":"high")", {"-/reasoning_effort", "~reasoning"}},
    {"openai", "gpt-4o", "anthropic", R"("thinking":{"type":"disabled"})", {"-/reasoning_effort", "clean"}},
    {"openai", "gpt-5", "openai", R"("reasoning_effort":"high")", {"-/reasoning_effort", "~reasoning"}, R"({"supports_reasoning":false})"},
    {"openai", "my-own", "openai", R"("reasoning_effort":"high")", {"/reasoning_effort=\"high\"", "clean"}, R"({"supports_vision":true})"},
    {"openai_compatible", "my-own", "openai", R"("max_tokens":900)", {"/max_tokens=500", "~max_output_tokens"}, R"({"max_output_tokens":500})"},
    {"anthropic", "claude-3-5-sonnet-20241022", "openai", R"("reasoning_effort":"high")", {"-/thinking", "~reasoning"}},
    {"anthropic", "claude-3-5-sonnet-20241022", "anthropic", thought_call, {"/messages/1/content/0/type=\"tool_use\""}},
    {"bedrock", "anthropic.claude-3-5-haiku-20241022-v1:0", "openai", R"("reasoning_effort":"high")", {"-/additionalModelRequestFields", "~reasoning"}},
    {"bedrock", "meta.llama3-1-70b-instruct-v1:0", "openai", R"("reasoning_effort":"high")", {"-/additionalModelRequestFields", "~reasoning"}},
    {"gemini", "gemini-2.0-flash", "openai", R"("reasoning_effort":"high")", {"-/generationConfig/thinkingConfig", "~reasoning"}},
    {"gemini", "gemini-2.0-flash",
     "gemini", R"("contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"c2ln"},
        {"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]}])",
     {"/contents/1/parts/0/functionCall/name=\"f\"", "-/contents/1/parts/0/thoughtSignature"}},

    // Efforts and levels.
    {"openai", "gpt-5", "openai", R"("reasoning_effort":"minimal")", {"/reasoning_effort=\"minimal\"", "clean"}},
    {"openai", "gpt-5", "openai", R"("reasoning_effort":"none")", {"/reasoning_effort=\"minimal\"", "~reasoning.effort"}},
    {"openai", "gpt-5", "openai", R"("reasoning_effort":"xhigh")", {"/reasoning_effort=\"high\"", "~reasoning.effort"}},
    {"openai", "gpt-5.2", "openai", R"("reasoning_effort":"minimal")", {"/reasoning_effort=\"low\"", "~reasoning.effort"}},
    {"openai", "gpt-5.2", "anthropic", R"("thinking":{"type":"enabled","budget_tokens":1024})", {"/reasoning_effort=\"low\""}},
    {"openai", "gpt-5.2", "anthropic", R"("thinking":{"type":"disabled"})", {"/reasoning_effort=\"none\""}},
    {"openai", "gpt-5.2", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingBudget":600}})", {"/reasoning_effort=\"low\""}},
    {"openai", "o3", "openai", R"("reasoning_effort":"none")", {"/reasoning_effort=\"low\"", "~reasoning.effort"}},
    {"azure", "gpt-5.2", "openai", R"("reasoning_effort":"minimal")", {"/reasoning_effort=\"low\"", "~reasoning.effort"}},
    {"openai_compatible", "kimi-k3", "openai", R"("reasoning_effort":"medium")", {"/reasoning_effort=\"medium\""}},
    {"gemini", "gemini-3.1-pro-preview", "openai", R"("reasoning_effort":"minimal")", {"/generationConfig/thinkingConfig/thinkingLevel=\"LOW\"",
     "~reasoning.effort"}},
    {"gemini", "gemini-3.1-pro-preview", "anthropic", R"("thinking":{"type":"enabled","budget_tokens":1024})",
     {"/generationConfig/thinkingConfig/thinkingLevel=\"LOW\"", "-/generationConfig/thinkingConfig/thinkingBudget"}},
    {"gemini", "gemini-3.1-pro-preview", "anthropic", R"("thinking":{"type":"disabled"})",
     {"/generationConfig/thinkingConfig/thinkingLevel=\"LOW\"", "-/generationConfig/thinkingConfig/includeThoughts", "~reasoning.budget_tokens"}},
    {"gemini", "gemini-3-flash-preview", "openai", R"("reasoning_effort":"max")", {"/generationConfig/thinkingConfig/thinkingLevel=\"HIGH\""}},
    {"vertex_ai", "gemini-3-flash-preview", "openai", R"("reasoning_effort":"low")", {"/generationConfig/thinkingConfig/thinkingLevel=\"LOW\""}},
    {"gemini", "gemini-9-pro", "openai", R"("reasoning_effort":"low")", {"/generationConfig/thinkingConfig/thinkingLevel=\"LOW\""}},

    // Budgets.
    {"gemini", "gemini-2.5-flash", "anthropic", R"("thinking":{"type":"enabled","budget_tokens":31999},"max_tokens":40000)",
     {"/generationConfig/thinkingConfig/thinkingBudget=24576", "~reasoning.budget_tokens"}},
    {"gemini", "gemini-2.5-pro", "anthropic", R"("thinking":{"type":"enabled","budget_tokens":31999},"max_tokens":40000)",
     {"/generationConfig/thinkingConfig/thinkingBudget=31999"}},
    {"gemini", "gemini-2.5-pro", "anthropic", R"("thinking":{"type":"disabled"})",
     {"/generationConfig/thinkingConfig/thinkingBudget=128", "-/generationConfig/thinkingConfig/includeThoughts", "~reasoning.budget_tokens"}},
    {"gemini", "gemini-2.5-pro", "openai", R"("reasoning_effort":"none")", {"/generationConfig/thinkingConfig/thinkingBudget=128", "~reasoning.effort"}},
    {"gemini", "gemini-2.5-flash", "openai", R"("reasoning_effort":"none")", {"/generationConfig/thinkingConfig/thinkingBudget=0"}},
    {"gemini", "gemini-2.5-flash-lite", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingBudget":100}})",
     {"/generationConfig/thinkingConfig/thinkingBudget=512", "~reasoning.budget_tokens"}},
    {"gemini", "gemini-2.5-pro", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingBudget":-1}})",
     {"/generationConfig/thinkingConfig/thinkingBudget=-1"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("reasoning_effort":"low")", {"/thinking={\"type\":\"enabled\",\"budget_tokens\":1024}",
     "/max_tokens=64000"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("reasoning_effort":"high","max_tokens":2000)",
     {"/max_tokens=2000", "/thinking/budget_tokens=1500", "~reasoning"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("reasoning_effort":"high","max_tokens":1200)", {"/max_tokens=1200", "/thinking/budget_tokens=1024"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("reasoning_effort":"high","max_tokens":1024)", {"/max_tokens=1024", "-/thinking", "~reasoning"}},
    {"bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "openai", R"("reasoning_effort":"high","max_tokens":2000)",
     {"/inferenceConfig/maxTokens=2000", "/additionalModelRequestFields/thinking/budget_tokens=1500", "~reasoning"}},
    {"bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "openai", R"("reasoning_effort":"high","max_tokens":100)",
     {"/inferenceConfig/maxTokens=100", "-/additionalModelRequestFields/thinking", "~reasoning"}},

    // Adaptive thinking.
    {"anthropic", "claude-opus-4-7", "openai", R"("reasoning_effort":"high")",
     {"/thinking={\"type\":\"adaptive\",\"display\":\"summarized\"}", "/output_config/effort=\"high\""}},
    {"anthropic", "claude-opus-4-7", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingBudget":30000}})",
     {"/thinking/type=\"adaptive\"", "-/thinking/budget_tokens", "/output_config/effort=\"max\""}},
    {"anthropic", "claude-opus-4-6", "openai", R"("reasoning_effort":"xhigh")", {"/output_config/effort=\"high\"", "~reasoning.effort"}},
    {"anthropic", "claude-opus-4-7", "openai", R"("reasoning_effort":"none")", {"/thinking={\"type\":\"disabled\"}"}},
    {"anthropic", "claude-mythos-preview", "openai", R"("reasoning_effort":"none")", {"-/thinking", "/output_config/effort=\"low\"", "~reasoning.effort"}},
    {"anthropic", "claude-opus-9", "openai", R"("reasoning_effort":"low")", {"/thinking/type=\"adaptive\"", "/output_config/effort=\"low\""}},
    {"vertex_ai", "claude-opus-4-7", "openai", R"("reasoning_effort":"low")", {"/thinking/type=\"adaptive\"", "/thinking/display=\"summarized\""}},
    {"bedrock", "anthropic.claude-opus-4-7", "openai", R"("reasoning_effort":"max")",
     {"/additionalModelRequestFields/thinking={\"type\":\"adaptive\",\"display\":\"summarized\"}", "/outputConfig/effort=\"xhigh\"", "~reasoning.effort"}},

    // Parameters of sampling.
    {"anthropic", "claude-opus-4-7", "openai", R"("temperature":0.2,"top_p":0.9)", {"-/temperature", "-/top_p", "~temperature", "~top_p"}},
    {"anthropic", "claude-opus-4-7", "gemini", R"("generationConfig":{"temperature":0.2,"topK":4})", {"-/temperature", "-/top_k", "~temperature", "~top_k"}},
    {"bedrock", "anthropic.claude-opus-4-7", "openai", R"("temperature":0.2,"top_p":0.9)", {"-/inferenceConfig", "~temperature", "~top_p"}},
    {"vertex_ai", "claude-opus-4-7", "openai", R"("temperature":0.2)", {"-/temperature", "~temperature"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("temperature":0.2,"top_p":0.4)", {"/temperature=2E-1", "-/top_p", "~top_p"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("temperature":1,"top_p":0.4)", {"-/temperature", "/top_p=4E-1", "clean"}},
    {"anthropic", "claude-3-5-sonnet-20241022", "openai", R"("temperature":0.2,"top_p":0.4)", {"/temperature=2E-1", "/top_p=4E-1", "clean"}},
    {"bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "openai", R"("temperature":0.2,"top_p":0.4)", {"/inferenceConfig/temperature=2E-1",
     "-/inferenceConfig/topP", "~top_p"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("temperature":1.5)", {"/temperature=1", "~temperature"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("temperature":0.5,"reasoning_effort":"low")", {"-/temperature", "/thinking/type=\"enabled\"",
     "~temperature"}},
    {"openai", "gpt-5", "anthropic", R"("temperature":0.2,"top_p":0.9)", {"-/temperature", "-/top_p", "~temperature", "~top_p"}},
    {"openai", "gpt-5", "openai", R"("presence_penalty":1,"frequency_penalty":1,"logit_bias":{"1":2},"stop":["a"])",
     {"-/presence_penalty", "-/frequency_penalty", "-/logit_bias", "-/stop", "~presence_penalty", "~frequency_penalty", "!logit_bias", "!stop"}},
    {"openai", "gpt-4o", "openai", R"("temperature":0.2,"presence_penalty":1)", {"/temperature=2E-1", "/presence_penalty=1", "clean"}},
    {"azure", "o3", "openai", R"("temperature":0.2)", {"-/temperature", "~temperature"}},
    {"gemini", "gemini-3-flash-preview", "openai", R"("presence_penalty":1,"temperature":0.2)",
     {"-/generationConfig/presencePenalty", "/generationConfig/temperature=2E-1", "~presence_penalty"}},

    // The output limit.
    {"anthropic", "claude-sonnet-4-5", "openai", "", {"/max_tokens=64000"}},
    {"anthropic", "claude-opus-4-7", "openai", "", {"/max_tokens=128000"}},
    {"anthropic", "claude-opus-9", "openai", "", {"/max_tokens=128000"}},
    {"anthropic", "claude-3-5-sonnet-20241022", "openai", R"("max_tokens":90000)", {"~max_output_tokens"}},
    {"anthropic", "claude-sonnet-4-5", "openai", R"("max_tokens":90000)", {"/max_tokens=64000", "~max_output_tokens"}},
    {"openai", "gpt-4o", "anthropic", R"("max_tokens":32000)", {"/max_completion_tokens=16384", "-/max_tokens", "~max_output_tokens"}},
    {"openai", "gpt-4o", "anthropic", R"("max_tokens":16384)", {"/max_completion_tokens=16384", "clean"}},
    {"openai", "gpt-4o", "openai", "", {"-/max_completion_tokens", "-/max_tokens"}},
    {"azure", "gpt-4o", "anthropic", R"("max_tokens":32000)", {"/max_completion_tokens=16384"}},
    {"gemini", "gemini-2.5-pro", "openai", R"("max_tokens":100000)", {"/generationConfig/maxOutputTokens=65536", "~max_output_tokens"}},
    {"bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "openai", R"("max_tokens":100000)", {"/inferenceConfig/maxTokens=64000", "~max_output_tokens"}},

    // Schemas.
    {"anthropic", "claude-sonnet-4-5", "openai", bounded,
     {"/output_config/format/type=\"json_schema\"", "/output_config/format/schema/additionalProperties=false",
      "/output_config/format/schema/properties/p/additionalProperties=false", "-/output_config/format/schema/properties/n/minimum",
      "-/output_config/format/schema/properties/p/properties/s/maxLength",
      R"(/output_config/format/schema/properties/n/description="d\nMust be: at least 1.")", "~response_format.schema"}},
    {"anthropic", "claude-sonnet-4-5", "openai", open_map, {"-/output_config", "/tool_choice/type=\"tool\""}},
    {"anthropic", "claude-sonnet-4-5", "openai", recursive, {"-/output_config", "/tool_choice/type=\"tool\""}},
    {"anthropic", "claude-3-5-sonnet-20241022", "openai", bounded, {"-/output_config", "/tool_choice/type=\"tool\""}},
    {"anthropic", "claude-sonnet-4-5", "openai",
     R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{"n":{"type":"integer","maximum":9}}}}}])",
     {"/tools/0/strict=true", "/tools/0/input_schema/additionalProperties=false", "-/tools/0/input_schema/properties/n/maximum"}},
    {"anthropic", "claude-sonnet-4-5", "openai",
     R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}}])",
     {"/tools/0/strict=true", "/tools/0/input_schema={\"type\":\"object\",\"additionalProperties\":false}"}},
    {"anthropic", "claude-sonnet-4-5", "openai",
     R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","additionalProperties":true}}}])",
     {"-/tools/0/strict", "~tools[0].strict"}},

    // Reasoning that goes back, and signatures.
    {"openai_compatible", "deepseek-reasoner", "anthropic", thought_call, {"/messages/1/reasoning_content=\"I think\""}},
    {"openai_compatible", "kimi-k2-thinking", "anthropic", thought_call, {"/messages/1/reasoning_content=\"I think\""}},
    {"openai_compatible", "kimi-k2-thinking", "openai", bare_call, {"/messages/1/reasoning_content=\" \""}},
    {"openai", "gpt-5", "anthropic", thought_call, {"-/messages/1/reasoning_content", "~messages[1].content[0]"}},
    {"gemini", "gemini-3-flash-preview", "openai", bare_call, {"/contents/1/parts/0/thoughtSignature=\"skip_thought_signature_validator\""}},
    {"gemini", "gemini-3.7-ultra", "anthropic", thought_call, {"/contents/1/parts/0/thoughtSignature=\"skip_thought_signature_validator\""}},
    {"vertex_ai", "gemini-3-flash-preview", "openai", bare_call, {"/contents/1/parts/0/thoughtSignature=\"skip_thought_signature_validator\""}},
    {"gemini", "gemini-2.5-flash", "openai", bare_call, {"-/contents/1/parts/0/thoughtSignature"}},

    // The rest.
    {"gemini", "gemini-2.5-flash", "openai", R"("stop":["a","b","c","d","e","f"])", {"/generationConfig/stopSequences=[\"a\",\"b\",\"c\",\"d\",\"e\"]",
     "!stop[5]"}},
    {"openai", "gpt-4o", "gemini", R"("generationConfig":{"stopSequences":["a","b","c","d","e"]})", {"/stop=[\"a\",\"b\",\"c\",\"d\"]", "!stop[4]"}},
    {"openai", "o3", "openai", R"("parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])",
     {"-/parallel_tool_calls", "clean"}},
    {"openai", "gpt-5", "openai", R"("parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])",
     {"/parallel_tool_calls=false"}},
    {"anthropic", "claude-opus-4-7", "openai", begun, {"/messages/1/role=\"assistant\"", "/messages/2/role=\"user\"", "~messages[1]"}},
    {"anthropic", "claude-sonnet-4-5", "openai", begun, {"/messages/1/role=\"assistant\"", "-/messages/2"}},
    {"bedrock", "anthropic.claude-opus-4-7", "openai", begun, {"/messages/2/role=\"user\"", "~messages[1]"}},
    {"anthropic", "claude-opus-5-5", "openai", forced, {"-/tool_choice/name", "/tool_choice/type=\"auto\"", "!tool_choice"}},
    {"anthropic", "claude-sonnet-4-5", "openai", forced, {"/tool_choice/type=\"any\""}},
};

/// A request in the provider's own language, and whether it has to be written anew for the model.
struct passed {
    std::string_view provider, model, facade, asked;
    bool exceeds;
    friend std::ostream& operator<<(std::ostream& out, const passed& r) { return out << r.provider << '/' << r.model << ": " << r.asked; }
};

const std::vector<passed> passing = {
    {"openai", "gpt-4o", "openai", R"("temperature":0.2,"max_tokens":16384,"top_p":0.5)", false},
    {"openai", "gpt-4o", "openai", R"("max_tokens":16385)", true},
    {"openai", "gpt-4o", "openai", R"("reasoning_effort":"low")", true},
    {"openai", "gpt-4o", "openai", R"("reasoning_effort":null)", false},
    {"openai", "gpt-5", "openai", R"("temperature":0.2)", true},
    {"openai", "gpt-5", "openai", R"("temperature":1,"presence_penalty":0)", false},
    {"openai", "gpt-5", "openai", R"("temperature":null)", false},
    {"openai", "gpt-5", "openai", R"("reasoning_effort":"minimal")", false},
    {"openai", "gpt-5", "openai", R"("reasoning_effort":"none")", true},
    {"openai", "gpt-5", "openai", R"("reasoning_effort":"newest")", false},
    {"openai", "gpt-5", "openai", R"("max_tokens":10)", true},
    {"openai", "gpt-5", "openai", R"("max_completion_tokens":10)", false},
    {"openai", "o3", "openai", R"("parallel_tool_calls":true)", true},
    {"openai", "gpt-5", "openai", R"("stop":["a"])", true},
    {"openai", "gpt-5", "openai", R"("stop":"a")", true},
    {"openai", "gpt-5", "openai", R"("st\u006fp":"a")", true},
    {"openai", "gpt-5", "openai", R"("stop":[ ])", false},
    {"openai", "gpt-5", "openai", R"("stop":"","logit_bias":{},"logprobs":false,"top_logprobs":0,"seed":1)", false},
    {"openai", "gpt-5", "openai", R"("stop":null,"logit_bias":null,"logprobs":null,"top_logprobs":null)", false},
    {"openai", "gpt-5", "openai", R"("logit_bias":{"50256":-100})", true},
    {"openai", "gpt-5", "openai", R"("logprobs":true)", true},
    {"openai", "gpt-5", "openai", R"("top_logprobs":2)", true},
    {"openai", "gpt-4o-search-preview", "openai", R"("seed":1)", true},
    {"openai", "gpt-4o", "openai", R"("stop":["a"],"logit_bias":{"50256":-100},"logprobs":true,"top_logprobs":2,"seed":1)", false},
    {"anthropic", "claude-sonnet-4-5", "anthropic", R"("temperature":0.2,"thinking":{"type":"enabled","budget_tokens":1024})", false},
    {"anthropic", "claude-sonnet-4-5", "anthropic", R"("thinking":{"type":"adaptive"})", true},
    {"anthropic", "claude-sonnet-4-5", "anthropic", R"("max_tokens":64001)", true},
    {"anthropic", "claude-opus-4-7", "anthropic", R"("temperature":0.2)", true},
    {"anthropic", "claude-opus-4-7", "anthropic", R"("temperature":1)", false},
    {"anthropic", "claude-opus-4-7", "anthropic", R"("top_k":4)", true},
    {"anthropic", "claude-opus-4-7", "anthropic", R"("thinking":{"type":"enabled","budget_tokens":1024})", true},
    {"anthropic", "claude-opus-4-7", "anthropic", R"("thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"})", false},
    {"anthropic", "claude-opus-4-6", "anthropic", R"("thinking":{"type":"enabled","budget_tokens":1024})", false},
    {"anthropic", "claude-opus-4-6", "anthropic", R"("output_config":{"effort":"xhigh"})", true},
    {"anthropic", "claude-opus-4-7", "anthropic", R"("thinking":{"type":"disabled"})", false},
    {"anthropic", "claude-mythos-preview", "anthropic", R"("thinking":{"type":"disabled"})", true},
    {"gemini", "gemini-2.5-flash", "gemini", R"("generationConfig":{"temperature":0.2,"thinkingConfig":{"thinkingBudget":0}})", false},
    {"gemini", "gemini-2.5-pro", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingBudget":0}})", true},
    {"gemini", "gemini-2.5-pro", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingBudget":-1}})", false},
    {"gemini", "gemini-2.5-flash", "gemini", R"("generation_config":{"thinking_config":{"thinking_budget":30000}})", true},
    {"gemini", "gemini-2.5-flash", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}})", true},
    {"gemini", "gemini-3.1-pro-preview", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}})", true},
    {"gemini", "gemini-3.1-pro-preview", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}})", false},
    {"gemini", "gemini-3-flash-preview", "gemini", R"("generationConfig":{"presencePenalty":1})", true},
    {"gemini", "gemini-2.5-pro", "gemini", R"("generationConfig":{"maxOutputTokens":70000})", true},
    {"gemini", "gemini-2.5-pro", "gemini", R"("generationConfig":{"stopSequences":["a"],"responseLogprobs":true,"logprobs":1,"seed":1})", false},
    {"gemini", "gemini-2.0-flash", "gemini", R"("generationConfig":{"thinkingConfig":{"thinkingBudget":100}})", true},
};

} // namespace

BOOST_AUTO_TEST_SUITE(registry_model_traits)

BOOST_DATA_TEST_CASE(bytes_pass_unless_they_ask_for_more_than_the_model_takes, boost::unit_test::data::make(passing), one) {
    const provider_ops& to = ops_of(one.provider);
    deployment d;
    d.provider = one.provider;
    d.model = one.model;
    BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
    const model_facts* const facts = facts_of(d, d.model);
    BOOST_REQUIRE(facts != nullptr);
    const codec_ops* const form = to.codec_for(chat::info, nullptr, d, d.model);
    BOOST_REQUIRE(form->exceeds_model != nullptr);
    const std::string body = request_of(one.facade, one.asked);
    request_target target;
    target.model = "m";
    const auto head = form->scan_request(body, target);
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(form->exceeds_model(body, head->members, to.traits_for(d, d.model, &facts->traits)) == one.exceeds);
    // Marks of the scan and names of members are two ways to the same answer.
    BOOST_TEST(form->exceeds_model(body, member_spans(), to.traits_for(d, d.model, &facts->traits)) == one.exceeds);
    // Without what is known about a model everything passes.
    BOOST_TEST(!form->exceeds_model(body, head->members, to.traits_for(d, d.model)));
}

BOOST_DATA_TEST_CASE(a_request_is_what_its_model_takes, boost::unit_test::data::make(rows), one) {
    const sent_request sent(one);
    for (const std::string_view wanted : one.wanted) {
        const std::size_t equals = wanted.find('=');
        if (wanted == "clean") BOOST_TEST(sent.reports().empty(), sent.reports());
        else if (wanted.front() == '-') BOOST_TEST(sent.at(wanted.substr(1)).empty(), wanted << " in " << sent.text);
        else if (wanted.front() == '~' || wanted.front() == '!')
            BOOST_TEST(sent.reports(wanted.substr(1), wanted.front() == '~'), wanted << " in" << sent.reports());
        else BOOST_TEST(sent.at(wanted.substr(0, equals)) == wanted.substr(equals + 1), wanted << " in " << sent.text);
    }
}

BOOST_AUTO_TEST_CASE(a_program_s_own_traits_win_and_stated_ones_are_over_the_catalogue) {
    deployment d;
    d.provider = "anthropic";
    d.model = "claude-opus-4-7";
    BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
    const model_traits& known = facts_of(d, d.model)->traits;
    const provider_ops& ops = provider_ops_of<anthropic>;
    BOOST_CHECK(ops.traits_for(d, d.model, &known).reasoning == model_traits::reasoning_style::adaptive);
    BOOST_CHECK(ops.traits_for(d, d.model) == anthropic::facts.traits);
    d.stated.reasoning = model_traits::reasoning_style::none;
    d.stated.native_json_schema = false;
    d.stated.max_output_tokens = 10;
    const model_traits stated = ops.traits_for(d, d.model, &known);
    BOOST_CHECK(stated.reasoning == model_traits::reasoning_style::none && !stated.native_json_schema);
    BOOST_TEST(stated.default_max_tokens == 10);
    BOOST_TEST(stated.max_output_tokens == 10);
    d.traits = model_traits();
    BOOST_CHECK(ops.traits_for(d, d.model, &known) == model_traits());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace model_traits_unit
