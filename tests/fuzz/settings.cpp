// SPDX-License-Identifier: BSL-1.0
// Settings: no text ends the process or takes long, every failure names the file and the line,
// and no secret stands in a message. The text is JSON when it begins with a brace, YAML
// otherwise; it is read as a .env file and as a text with ${} too.
#include "support.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/any_router.hpp>
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/latency.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/settings/json.hpp>
#include <llmx/settings/settings.hpp>
#include <llmx/settings/yaml.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view planted = "sk-planted-secret";

using providers = llmx::registry<llmx::openai, llmx::anthropic, llmx::gemini, llmx::azure_openai, llmx::mock>;
using configured = llmx::gateway<providers, llmx::any_router<llmx::weighted, llmx::latency>, llmx::retry, llmx::fallback, llmx::breaker,
                                 llmx::rate_limit, llmx::concurrency_limit, llmx::timeout>;

const llmx::environment& variables() {
    static const llmx::environment values = llmx::environment_of({{"OPENAI_API_KEY", std::string(planted)},
                                                                  {"SECRET", std::string(planted)},
                                                                  {"EMPTY", ""},
                                                                  {"NUMBER", "7"},
                                                                  {"URL", "https://example.com/v1"}});
    return values;
}

void require_clean(std::string_view message) {
    fuzz::require(message.find(planted) == std::string_view::npos, "no secret stands in a message", message);
    fuzz::require(message.find_first_of("\r\n") == std::string_view::npos, "a message is one line", message);
}

/// "file:12: what is wrong".
void require_line(std::string_view message, std::string_view file) {
    require_clean(message);
    std::string_view rest = message;
    fuzz::require(rest.starts_with(file), "a failure names its file", message);
    rest.remove_prefix(file.size());
    fuzz::require(rest.size() > 4 && rest[0] == ':' && rest[1] >= '1' && rest[1] <= '9', "a failure names its line", message);
}

/// A line for each mistake, then one for each warning; of either after 50 their number.
void require_placed(const llmx::error& e, std::string_view file) {
    constexpr std::string_view warning = "warning: ";
    fuzz::require(e.value() == llmx::errc::bad_configuration, "a failure of settings is bad_configuration", e.message());
    fuzz::require_sentence(e);
    const std::string message = e.message();
    std::size_t errors = 0, warnings = 0;
    for (std::string_view rest = message; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const bool warns = line.starts_with(warning) || line.ends_with(" more warnings");
        fuzz::require(warns || warnings == 0, "errors stand before warnings", message);
        std::size_t& lines = warns ? warnings : errors;
        if (lines++ < 50) require_line(line.substr(warns ? warning.size() : 0), file);
        else fuzz::require(lines == 51 && line.starts_with("and ") && line.ends_with(warns ? " more warnings" : " more"), "lines are bounded", message);
    }
    fuzz::require(errors != 0, "a failure has an error", message);
}

void check_tree(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    const bool json = first != std::string_view::npos && text[first] == '{';
    const std::string file = json ? "config.json" : "config.yaml";
    auto tree = json ? llmx::parse_json_settings(text, file) : llmx::parse_yaml_settings(text, file);
    if (!tree) return require_placed(tree.error(), file);
    // A loader refuses what is no map before it reads settings.
    if (!tree->is_map()) return;
    const auto read = llmx::read_settings<configured>(std::move(*tree), variables());
    if (!read) return require_placed(read.error(), file);
    for (const std::string& warning : read->warnings) require_clean(warning);
    for (const llmx::deployment& d : read->deployments) {
        fuzz::require(!d.model_group.empty() && !d.model.empty() && !d.provider.empty(), "a deployment is complete");
        fuzz::require(llmx::safe_field_value(d.key.reveal()), "a key cannot break a header");
    }
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    // libFuzzer watches comparisons and learns the secret.
    if (text.find(planted) != std::string_view::npos) return;
    check_tree(text);

    if (const auto file = llmx::parse_env_file(text, ".env"); file.has_error()) require_placed(file.error(), ".env");
    const auto expanded = llmx::expand_environment(text, variables());
    if (expanded.has_error()) fuzz::require(expanded.error().value() == llmx::errc::bad_configuration, "a failure of settings is bad_configuration");
    else if (text.find('$') == std::string_view::npos && !text.starts_with("os.environ/"))
        fuzz::require_equal(*expanded, text, "a text without variables stays as it is");
}
