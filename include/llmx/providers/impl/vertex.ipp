// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/model_pattern.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/row_edits.hpp>
#include <llmx/providers/vendors/ai21_chat.hpp>
#include <llmx/providers/vendors/mistral.hpp>
#include <llmx/providers/vertex.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A model's name taken apart; views into it.
struct vertex_model {
    std::string_view publisher, name;
    /// `name` is a resource with project and location.
    bool whole = false;
    [[nodiscard]] bool claude() const noexcept { return publisher == "anthropic"; }
    /// It is reached in OpenAI's language.
    [[nodiscard]] bool partner() const noexcept { return !claude() && publisher != "google"; }
    /// Its publisher's own API is behind `:rawPredict`.
    [[nodiscard]] bool raw() const noexcept { return publisher == "mistralai" || publisher == "ai21"; }
    /// An endpoint of one's own.
    [[nodiscard]] bool endpoint() const noexcept {
        return publisher == "openai" && !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
    }
};

/// The text between \p before and the next slash of \p text; empty when \p before is not in it.
LLMX_DECL [[nodiscard]] std::string_view vertex_segment(std::string_view text, std::string_view before) noexcept {
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos) return std::string_view();
    text.remove_prefix(at + before.size());
    return text.substr(0, text.find('/'));
}

/// Beginnings of names that imply the publisher, as LiteLLM has them.
inline constexpr std::pair<std::string_view, std::string_view> vertex_beginnings[] = {
    {"claude-", "anthropic"}, {"mistral-", "mistralai"}, {"ministral-", "mistralai"}, {"codestral-", "mistralai"}, {"jamba-", "ai21"}};

LLMX_DECL [[nodiscard]] vertex_model read_vertex_model(std::string_view model) noexcept {
    vertex_model m;
    m.name = model;
    if (model.starts_with("projects/")) {
        m.whole = true;
        m.publisher = vertex_segment(model, "/publishers/");
        // An endpoint: a tuned Gemini.
        if (m.publisher.empty()) m.publisher = "google";
        return m;
    }
    for (const std::string_view prefix : {std::string_view("publishers/"), std::string_view("models/")})
        if (m.name.starts_with(prefix)) {
            if (prefix == "models/") m.publisher = "google";
            m.name.remove_prefix(prefix.size());
            break;
        }
    if (const std::size_t slash = m.name.find('/'); m.publisher.empty() && slash != std::string_view::npos) {
        m.publisher = m.name.substr(0, slash);
        m.name.remove_prefix(slash + 1);
        if (m.name.starts_with("models/")) m.name.remove_prefix(7);
    }
    for (const auto& [beginning, publisher] : vertex_beginnings)
        if (m.publisher.empty() && m.name.starts_with(beginning)) m.publisher = publisher;
    if (m.publisher.empty()) m.publisher = "google";
    return m;
}

/// A model of the ranking API, which is at a host of its own and in no region
/// (cloud.google.com/generative-ai-app-builder/docs/ranking).
LLMX_DECL [[nodiscard]] bool vertex_ranks(std::string_view model) noexcept { return model.starts_with("semantic-ranker-"); }

/// Embedding models that have `:predict` alone, whose language is another one.
/// Source: cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api.
LLMX_DECL [[nodiscard]] bool vertex_predicts(std::string_view model) noexcept {
    constexpr std::string_view beginnings[] = {"text-embedding-", "text-multilingual-embedding-", "textembedding-gecko",
                                               "multimodalembedding", "gemini-embedding-001"};
    return std::any_of(std::begin(beginnings), std::end(beginnings), [model](std::string_view b) { return model.starts_with(b); });
}

/// Appends \p text escaped for a path, "@" and, with \p slashes, "/" as they are: names of versions have an "@",
/// which Google's and Anthropic's clients do not encode either (RFC 3986 section 3.3).
LLMX_DECL void append_vertex_path(std::string& out, std::string_view text, bool slashes = false) {
    while (!text.empty()) {
        const std::size_t plain = std::min(text.find_first_of(slashes ? "@/" : "@"), text.size());
        append_percent_encoded(out, text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) return;
        out += text.front();
        text.remove_prefix(1);
    }
}

LLMX_DECL [[nodiscard]] std::string vertex_host(std::string_view location) {
    if (location.empty() || location == "global") return "aiplatform.googleapis.com";
    if (location == "us" || location == "eu") return "aiplatform." + std::string(location) + ".rep.googleapis.com";
    return std::string(location) + "-aiplatform.googleapis.com";
}

LLMX_DECL [[nodiscard]] std::string first_vertex_variable(const variable_lookup& variables, std::initializer_list<std::string_view> names) {
    for (const std::string_view one : names)
        if (std::string value = variable_or_empty(variables, one); !value.empty()) return value;
    return std::string();
}

/// Lower-case letters, digits, "-" and the characters of \p more: it becomes part of a host or of a path.
LLMX_DECL [[nodiscard]] bool is_vertex_name(std::string_view text, std::string_view more) noexcept {
    return text.size() <= 100 && std::all_of(text.begin(), text.end(), [more](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || more.find(c) != std::string_view::npos;
    });
}

/// Moves the settings that an encoder wrote beside the content into `embedContentConfig`: beside it Vertex AI calls
/// them deprecated (cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.publishers.models/embedContent).
LLMX_DECL [[nodiscard]] result<void> nest_vertex_embed_settings(request_edit& e) {
    std::string inside;
    std::size_t config = std::string_view::npos;
    const result<void> read = for_each_member(e.body, *e.members, [&e, &inside, &config](const json_member& m) {
        if (m.named("embedContentConfig") && m.value.starts_with('{')) config = m.begin;
        if (!m.named("taskType") && !m.named("title") && !m.named("outputDimensionality")) return;
        e.edits->remove(m);
        if (!inside.empty()) inside += ',';
        (((inside += '"') += m.key) += "\":") += m.value;
    });
    if (!read || inside.empty()) return read;
    if (config == std::string_view::npos) {
        e.edits->insert(e.body.find('{'), "embedContentConfig", "{" + inside + "}");
        return success();
    }
    return scan_json_members("{" + inside + "}", [&e, config](const json_member& m) { e.edits->insert(config, m.key, m.value); });
}

/// The fields of a key, or of the project that is charged.
LLMX_DECL void add_vertex_account(const deployment& d, const vertex_ai::settings& own, http_request& out) {
    if (!d.key.empty()) out.add_field("x-goog-api-key", d.key.reveal());
    else if (!own.found.quota_project_id.empty()) out.add_field("x-goog-user-project", own.found.quota_project_id);
}

/// Writes the model's name as its publisher has it, and makes the changes of the publisher's row.
LLMX_DECL [[nodiscard]] result<void> edit_vertex_partner(request_edit& e) {
    const vertex_model m = read_vertex_model(e.what->model);
    e.names_model = false;
    std::string called;
    if (m.raw()) called = m.name.substr(0, m.name.find('@'));
    else if (!m.endpoint()) called = std::string(m.publisher).append("/").append(m.name);
    bool named = false;
    const result<void> read = for_each_member(e.body, *e.members, [&](const json_member& member) {
        if (!member.named("model")) return;
        // A second one would count.
        if (named || called.empty()) e.edits->remove(member);
        else e.edits->replace_with_string(member.begin, member.end, called);
        named = true;
    });
    if (!read) return read;
    if (!named && !called.empty()) e.edits->insert_string(e.body.find('{'), "model", called);
    if (m.publisher == "mistralai") return apply_row(rows::mistral, e);
    return m.publisher == "ai21" ? apply_row(rows::ai21_chat, e) : success();
}

LLMX_DECL [[nodiscard]] error vertex_unusable(std::string why) { return error(errc::bad_configuration, std::move(why)); }

/// Project and credentials of a deployment without a key.
LLMX_DECL [[nodiscard]] result<void> find_vertex_credentials(vertex_ai::settings& own, const variable_lookup& variables) {
    if (own.found.tokens == nullptr) {
        std::string given(own.credentials.reveal());
        if (given.empty()) given = variable_or_empty(variables, "VERTEXAI_CREDENTIALS");
        result<google_credentials> found = find_google_credentials(given, variables);
        if (!found) return found.error();
        own.found = std::move(*found);
    }
    if (own.project.empty()) own.project = first_vertex_variable(variables, {"VERTEXAI_PROJECT", "VERTEX_PROJECT", "GOOGLE_CLOUD_PROJECT"});
    if (own.project.empty()) own.project = own.found.project_id;
    if (!safe_field_value(own.found.quota_project_id)) return vertex_unusable("quota_project_id of the credentials holds a line break");
    return success();
}

LLMX_DECL [[nodiscard]] result<void> check_vertex_key(const vertex_ai::settings& own, const vertex_model& model) {
    if (!own.credentials.empty() || own.found.tokens != nullptr)
        return vertex_unusable("api_key and vertex_credentials exclude each other, give one of them");
    if (own.project.empty() && !own.location.empty())
        return vertex_unusable("vertex_location beside api_key needs vertex_project; without them the key is one of the express mode");
    if (model.claude())
        return vertex_unusable("Claude models on Vertex AI take no API key; give vertex_credentials in place of api_key");
    return success();
}

} // namespace detail

LLMX_DECL void vertex_ai::settings::read_credentials(settings_reader& params) {
    settings_reader* at = &params.at("vertex_credentials");
    if (settings_reader& other = params.at("vertex_ai_credentials"); !at->given()) at = &other;
    if (!at->is_map()) {
        at->hidden(credentials);
        return;
    }
    std::string json;
    json_writer w(json);
    w.object();
    for (std::size_t i = 0; i < at->size(); ++i) {
        settings_reader& item = at->item(i);
        std::string value;
        if (item.text(value)) w.member(item.key(), value);
    }
    w.end_object();
    credentials = secret(std::move(json));
}

LLMX_DECL result<void> vertex_ai::complete(deployment& d, const variable_lookup& variables) {
    settings own = d.settings.get<settings>();
    const detail::vertex_model model = detail::read_vertex_model(d.model);
    if (!d.key.empty()) {
        if (const result<void> good = detail::check_vertex_key(own, model); !good) return good;
    } else if (const result<void> found = detail::find_vertex_credentials(own, variables); !found) {
        return found;
    }
    const bool express = !d.key.empty() && own.project.empty();
    if (own.location.empty() && model.whole) own.location = detail::vertex_segment(d.model, "/locations/");
    if (own.location.empty() && !express)
        own.location = detail::first_vertex_variable(variables, {"VERTEXAI_LOCATION", "VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION"});
    // Publishers' own models are in regions, the first of which is LiteLLM's default too.
    if (own.location.empty() && !express) own.location = model.partner() ? "us-central1" : "global";
    if (own.project.empty() && !express && !model.whole)
        return detail::vertex_unusable("no Google Cloud project is known; give vertex_project or set VERTEXAI_PROJECT");
    // "example.com:project" is one of a domain.
    if (!detail::is_vertex_name(own.project, ".:")) return detail::vertex_unusable("vertex_project is not the id of a project, such as my-project-123");
    if (!detail::is_vertex_name(own.location, "")) return detail::vertex_unusable("vertex_location is not a location, such as us-central1 or global");
    if (d.api_base.where.host.empty()) {
        const bool ranks = detail::vertex_ranks(model.name);
        result<base_url> base = parse_base_url("https://" + (ranks ? std::string("discoveryengine.googleapis.com") : detail::vertex_host(own.location)));
        if (!base) return base.error();
        d.api_base = std::move(*base);
    }
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL bool vertex_ai::takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept {
    const detail::vertex_model m = detail::read_vertex_model(model);
    // The base URL of a wildcard is another API's.
    if (form.name == "vertex_rerank") return detail::vertex_ranks(m.name) && !is_pattern(d.model);
    if (detail::vertex_ranks(m.name)) return false;
    if (is_codec<anthropic_messages>(&form)) return m.claude();
    if (is_codec<openai_chat>(&form)) return m.partner() && !m.whole;
    if (is_codec<gemini_embed>(&form) && detail::vertex_predicts(m.name)) return false;
    if (form.name == "mistral_ocr") return m.publisher == "mistralai";
    // The deployment is known, and behind a wildcard the model is not.
    if (form.operation->name == "video_state") return true;
    if (form.operation->name == "image_generation" && (form.name == "gemini_imagen") != detail::names_imagen(m.name)) return false;
    return m.publisher == "google";
}

LLMX_DECL model_traits vertex_ai::traits_of(const deployment&, std::string_view model) noexcept {
    model_traits t = facts.traits;
    const detail::vertex_model m = detail::read_vertex_model(model);
    if (m.partner()) {
        t.reasoning = model_traits::reasoning_style::effort;
        t.max_stop_sequences = 0;
        return t;
    }
    if (!m.claude()) return t;
    // Those of Anthropic's own API.
    t.native_json_schema = false;
    t.default_max_tokens = 4096;
    t.max_stop_sequences = 0;
    return t;
}

LLMX_DECL result<void> vertex_ai::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    const settings& own = d.settings.get<settings>();
    const detail::vertex_model m = detail::read_vertex_model(what.model);
    const bool claude = is_codec<anthropic_messages>(what.codec);
    const bool partner = is_codec<openai_chat>(what.codec);
    if ((claude || partner) && !d.key.empty())
        return error(errc::unsupported_operation, "deployment '" + d.id + "' has an API key, and " + (claude ? "Claude" : "other publishers'") +
                                                      " models on Vertex AI take none; give it vertex_credentials in place of api_key");
    const std::string& path = d.api_base.path;
    out.target = path;
    if (!path.ends_with("/v1") && !path.ends_with("/v1beta1")) out.target += "/v1";
    if (what.codec->name == "vertex_rerank") {
        out.target += "/projects/";
        detail::append_vertex_path(out.target, own.project);
        out.target += "/locations/global/rankingConfigs/default_ranking_config";
        out.target += what.path();
        detail::add_vertex_account(d, own, out);
        return success();
    }
    if (detail::asks_video_state(what)) {
        // The operation's name has the model and all before it.
        out.target += what.url_end;
    } else if (m.whole) {
        out.target += '/';
        detail::append_vertex_path(out.target, m.name, true);
    } else {
        if (!own.project.empty()) {
            out.target += "/projects/";
            detail::append_vertex_path(out.target, own.project);
            out.target += "/locations/";
            detail::append_vertex_path(out.target, own.location);
        }
        if (partner && !m.raw()) {
            out.target += "/endpoints/";
            out.target += m.endpoint() ? m.name : std::string_view("openapi");
            out.target += what.path();
            detail::add_vertex_account(d, own, out);
            return success();
        }
        out.target += "/publishers/";
        detail::append_vertex_path(out.target, m.publisher);
        out.target += "/models/";
        detail::append_vertex_path(out.target, m.name);
    }
    // Documents are read by a model of Mistral, in its own words.
    if (!claude && !partner) out.target += what.codec->operation->name == "ocr" ? std::string_view(":rawPredict") : what.path();
    else out.target += what.stream ? ":streamRawPredict" : ":rawPredict";
    if (claude) {
        // The version is in the body.
        constexpr std::string_view field = "anthropic-version:";
        std::size_t at = out.fields.starts_with(field) ? 0 : out.fields.find("\r\nanthropic-version:");
        if (at != std::string::npos) {
            if (at != 0) at += 2;
            out.fields.erase(at, out.fields.find("\r\n", at) + 2 - at);
        }
    }
    detail::add_vertex_account(d, own, out);
    return success();
}

LLMX_DECL bool vertex_ai::asks_usage(const deployment& d) {
    return !is_pattern(d.model) && !detail::read_vertex_model(d.model).raw();
}

LLMX_DECL result<void> vertex_ai::edit(request_edit& e) const {
    if (is_codec<gemini_embed>(e.what->codec) && e.author == written_by::encoder) return detail::nest_vertex_embed_settings(e);
    if (is_codec<openai_chat>(e.what->codec)) return detail::edit_vertex_partner(e);
    if (!is_codec<anthropic_messages>(e.what->codec)) return success();
    e.names_model = false;
    const std::string_view asked = find_field(e.fields, "anthropic-version");
    const std::string_view version = asked.empty() || asked == "2023-06-01" ? anthropic_version : asked;
    bool named = false;
    const result<void> read = for_each_member(e.body, *e.members, [&e, &named, version](const json_member& m) {
        if (m.named("model")) e.edits->remove(m);
        if (!m.named("anthropic_version")) return;
        named = true;
        if (is_json_null(m.value)) e.edits->replace_with_string(m.begin, m.end, version);
    });
    if (!read) return read;
    if (!named) e.edits->insert_string(e.body.find('{'), "anthropic_version", version);
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> vertex_ai::authorize(runtime& on, const deployment& d, http_request& out,
                                                                    const http_limits& limits, cancellation& stop) const {
    if (!d.key.empty()) co_return success();
    token_source_ptr from = d.settings.get<settings>().found.tokens;
    if (from == nullptr) {
        error e(errc::bad_configuration, "deployment '" + d.id + "' has no Google credentials; complete it with registry::complete");
        co_return e;
    }
    result<void> added = co_await authorize_with_token(on, std::move(from), d, out, limits, stop);
    co_return added;
}

LLMX_DECL error vertex_ai::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    bool anthropic_words = false;
    // The decoder refuses a body that is not an object.
    static_cast<void>(scan_json_members(body, [&anthropic_words](const json_member& m) {
        anthropic_words |= m.named("type") && m.value == "\"error\"";
    }));
    error_body reported = anthropic_words ? anthropic_messages::decode_error(body) : gemini_generate::decode_error(body);
    // `{"message": …}` of Mistral and AI21.
    if (reported.message.empty()) reported = openai_chat::decode_error(body);
    return classify_http(name, status, fields, reported);
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
