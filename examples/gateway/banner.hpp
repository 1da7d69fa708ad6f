// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/settings.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// The model for a first try: the mock's when there is one, else the first that has a name
/// of its own; empty when all are wildcards.
inline std::string first_model(const llmx::gateway_settings& s) {
    std::string first;
    for (const auto& d : s.deployments) {
        if (d.model_group.ends_with('*')) continue;
        if (d.provider == "mock") return d.model_group;
        if (first.empty()) first = d.model_group;
    }
    return first;
}

/// Information for the operator: the addresses, the models served, the key, and a command
/// to try it. Several lines, the last one without its end.
inline std::string banner(const llmx::gateway_settings& s, std::string_view listening, unsigned port, bool generated) {
    std::ostringstream out;
    std::vector<std::string> served;
    for (const auto& d : s.deployments) {
        std::string name = d.model_group;
        if (d.model_group.ends_with('*') || d.model_group == d.provider) name += " (" + d.provider + ")";
        if (std::find(served.begin(), served.end(), name) == served.end()) served.push_back(std::move(name));
    }
    out << "llmx-gateway " LLMX_VERSION_STRING " listens on " << listening << "\nModels:";
    constexpr std::size_t shown = 12;
    for (std::size_t i = 0; i < std::min(served.size(), shown); ++i) out << (i == 0 ? " " : ", ") << served[i];
    if (served.size() > shown) out << " and " << served.size() - shown << " more";
    if (served.empty()) out << " none; the warnings above have the reasons";
    out << '\n';

    // A configured key is not repeated; the terminal may be a log.
    if (generated)
        out << "Master key (new at each start, LLMX_MASTER_KEY sets it): " << s.listen.master_key.reveal()
            << '\n';
    const std::string model = first_model(s);
    const std::string host = s.listen.host == "0.0.0.0" || s.listen.host == "::" ? "127.0.0.1" : s.listen.host;
    const bool bare = host.find(':') != std::string::npos && !host.starts_with('[');
    const std::string address = bare ? "[" + host + "]" : host;
    std::string key = "'Authorization: Bearer YOUR-MASTER-KEY'";
    if (generated) key = "'Authorization: Bearer " + std::string(s.listen.master_key.reveal()) + "'";
    else if (std::getenv("LLMX_MASTER_KEY") != nullptr) key = "\"Authorization: Bearer $LLMX_MASTER_KEY\"";
    out << "Try it:\n  curl http://" << address << ':' << port << "/v1/chat/completions -H " << key
        << " -H 'Content-Type: application/json' -d '{\"model\":\"" << (model.empty() ? "PROVIDER/MODEL" : model)
        << "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}'";
    return out.str();
}
