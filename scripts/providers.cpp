// SPDX-License-Identifier: BSL-1.0
// Writes docs/providers.md out of the rows: see scripts/providers.
#include <llmx/core/impl/abi.ipp> // the one body that a program without calls of the library needs
#include <llmx/providers/stock_rows.hpp>

#include <cstdio>
#include <string>
#include <string_view>

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
                                                           "moderations", "moderations", "rerank", "rerank",        "rerank",      "rerank",
                                                           "images",     "image edits", "image variations", "completions",   "completions of gaps"};
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
    for (const member_edit& e : row.edits) {
        switch (e.what) {
        case member_edit::kind::rename: add(code(e.name) + " → " + code(e.to)); break;
        case member_edit::kind::at_most: add(code(e.name) + " at most " + std::string(e.to)); break;
        case member_edit::kind::map: add(code(e.name) + " " + std::string(e.values) + " → " + std::string(e.to)); break;
        case member_edit::kind::only: add(code(e.name) + " only " + std::string(e.values)); break;
        case member_edit::kind::add: add(code(e.name) + " " + std::string(e.to) + " added"); break;
        }
    }
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
    for (const vendor_row* const row : stock_rows) {
        std::string name = code(row->name);
        if (!row->aliases.empty()) name += " (" + codes(row->aliases) + ")";
        const std::string base = row->base.empty() ? "of the deployment" : code(row->base);
        const std::string key = codes(row->key_env) + (row->needs_key ? "" : ", optional");
        std::printf("| %s | %s | %s | %s | %s | %s | %s |\n", name.c_str(), base.c_str(), key.c_str(), codes(row->base_env).c_str(),
                    operations(*row).c_str(), changes(*row).c_str(), refusals(*row).c_str());
    }
}
