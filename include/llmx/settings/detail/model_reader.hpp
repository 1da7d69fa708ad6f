// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/section.hpp>
#include <llmx/settings/gateway_settings.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline v0::detail {

/// Makes deployments from `model_list` or from the environment.
class model_reader {
public:
    model_reader(const settings_source& source, const environment& env, settings_notes& notes)
        : source_(source), env_(env), notes_(notes) {}

    /// Reads the entries of `model_list`.
    LLMX_DECL void read(const setting& list);
    /// Whatever can be reached without any entry.
    LLMX_DECL void from_environment();
    /// Shares and ids, which depend on the other deployments. Call once, last.
    [[nodiscard]] LLMX_DECL std::vector<deployment> take();

private:
    struct entry {
        deployment made;
        const setting* at = nullptr;
        bool named = false, weighted = false;
    };

    LLMX_DECL void read_entry(const setting& one);
    LLMX_DECL void read_params(const setting& params, entry& e, std::vector<std::string>& organizations);
    LLMX_DECL void read_info(const setting* info, entry& e);
    LLMX_DECL void choose_provider(const setting& model, const setting* custom, deployment& d);
    LLMX_DECL void check_model(const setting& model, deployment& d);
    LLMX_DECL void find_key(const setting& params, deployment& d);
    LLMX_DECL void find_base(const setting& params, const setting* given, deployment& d);
    /// The provider's own base URL, with the values of the variables that it names.
    [[nodiscard]] LLMX_DECL result<std::string> default_base(const known_provider& p) const;
    LLMX_DECL void share_traffic();
    LLMX_DECL void name_entries();

    [[nodiscard]] LLMX_DECL const known_provider* find_provider(std::string_view name) const noexcept;
    [[nodiscard]] LLMX_DECL std::string provider_names() const;
    /// The first of \p names that is set and not empty, with its name.
    [[nodiscard]] LLMX_DECL std::optional<std::pair<std::string, std::string>>
    first_variable(const name_list& names) const;

    const settings_source& source_;
    const environment& env_;
    settings_notes& notes_;
    std::vector<entry> entries_;
};

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/model_environment.ipp>
#include <llmx/settings/impl/model_identity.ipp>
#include <llmx/settings/impl/model_reader.ipp>
#endif
