// SPDX-License-Identifier: BSL-1.0
// Writes docs/providers.md out of the rows: see scripts/providers.
#include <llmx/core/impl/abi.ipp> // the one body that a program without calls of the library needs
#include <llmx/providers/stock_rows.hpp>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace llmx;

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string codes(const name_list& names) {
    std::string all;
    for (const std::string_view name : names) (all += all.empty() ? "" : ", ") += code(name);
    return all;
}

std::string operations(const vendor_row& row) {
    static constexpr std::string_view names[serves::count] = {"chat",       "embeddings",  "speech", "transcription", "translation", "realtime",
                                                           "embeddings",  "chat",
                                                           "moderations", "moderations", "rerank", "rerank",        "rerank",      "rerank",
                                                           "images",     "image edits", "image variations", "completions",   "completions of gaps",
                                                           "documents",  "searches"};
    std::string all;
    for (std::size_t i = 0; i < serves::count; ++i)
        if ((row.operations >> i & 1) != 0) (all += all.empty() ? "" : ", ") += names[i];
    return all;
}

std::string changes(const vendor_row& row) {
    std::string all;
    const auto add = [&all](const std::string& text) { (all += all.empty() ? "" : "; ") += text; };
    if (row.limit == token_limit_name::max_tokens) add("`max_completion_tokens` → `max_tokens`");
    if (row.limit == token_limit_name::max_completion_tokens) add("`max_tokens` → `max_completion_tokens`");
    const auto add_edit = [&add](const member_edit& e, const std::string& of) {
        switch (e.what) {
        case member_edit::kind::rename: add(of + code(e.name) + " → " + code(e.to)); break;
        case member_edit::kind::at_most: add(of + code(e.name) + " at most " + std::string(e.to)); break;
        case member_edit::kind::map: add(of + code(e.name) + " " + std::string(e.values) + " → " + std::string(e.to)); break;
        case member_edit::kind::only:
            add(of + code(e.name) + (e.values.empty() ? std::string(" left out") : " only " + std::string(e.values))); break;
        case member_edit::kind::add: add(of + code(e.name) + " " + std::string(e.to) + " added"); break;
        case member_edit::kind::exchange:
            add(of + code(e.name) + " " + std::string(e.values) + " → " + code(e.other) + " " + std::string(e.to));
            break;
        }
    };
    for (const member_edit& e : row.edits) add_edit(e, "");
    for (const member_edit& e : row.embedding_edits) add_edit(e, "embeddings: ");
    if (row.text_content) add("a message's list of texts → one string");
    return all;
}

std::string refusals(const vendor_row& row) {
    std::string all;
    for (const std::string_view name : row.refuses) (all += all.empty() ? "" : ", ") += name;
    return all;
}

} // namespace

int main() {
    std::puts("# OpenAI-compatible vendors\n\n"
              "Generated from the rows in `include/llmx/providers/vendors/` by `scripts/providers`; do not edit.\n\n"
              "A model is written `name/model`, such as `groq/llama-3.3-70b-versatile`. The first variable that is set counts. A member\n"
              "under \"Not taken\" is an error that names it, or left out and reported in `x-llmx-dropped-params` where `drop_params` is\n"
              "set; one with OpenAI's default value, and one that steers storage or caching only, is always left out and reported. Where\n"
              "`stream_options` is not taken, streams carry the usage without a request for it, or not at all.\n");
    std::puts("| Name | Base URL | Key | Base URL from | Operations | Changed | Not taken |\n|---|---|---|---|---|---|---|");
    std::vector<const vendor_row*> rows(std::begin(stock_rows), std::end(stock_rows));
    rows.insert(rows.end(), std::begin(credential_rows), std::end(credential_rows));
    std::sort(rows.begin(), rows.end(), [](const vendor_row* a, const vendor_row* b) { return a->name < b->name; });
    for (const vendor_row* const row : rows) {
        std::string name = code(row->name);
        if (!row->aliases.empty()) name += " (" + codes(row->aliases) + ")";
        std::string base = row->base.empty() ? "of the deployment" : code(row->base);
        for (std::size_t at = base.find('|'); at != std::string::npos; at = base.find('|', at + 2)) base.insert(at, 1, '\\');
        std::string key = codes(row->key_env) + (row->needs_key ? "" : ", optional");
        if (row->auth_field != "authorization" || row->auth_prefix != "Bearer ")
            key += ", as " + code(std::string(row->auth_field) + ": " + std::string(row->auth_prefix) + "…");
        std::string_view field;
        for (const base_form& form : row->forms)
            if (!form.auth_field.empty() && form.auth_field != field) key += ", as " + code(field = form.auth_field) + " at `*" + std::string(form.host) + "`";
        std::printf("| %s | %s | %s | %s | %s | %s | %s |\n", name.c_str(), base.c_str(), key.c_str(), codes(row->base_env).c_str(),
                    operations(*row).c_str(), changes(*row).c_str(), refusals(*row).c_str());
    }
}
