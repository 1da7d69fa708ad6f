// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/settings/detail/connection_reader.hpp>
#include <llmx/settings/detail/node.hpp>
#include <llmx/settings/gateway_settings.hpp>
#include <llmx/settings/providers.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Makes deployments from `model_list` or from the environment.
class model_reader {
public:
    LLMX_DECL model_reader(const std::vector<known_provider>& providers, settings_scope& scope);

    /// Reads the entries of `model_list`, and notes their names in the scope.
    LLMX_DECL void read(settings_node& list);
    /// Reads the entries of `search_tools`, each of which is a deployment of a provider of searches.
    LLMX_DECL void read_search_tools(settings_node& list);
    /// Reads what holds for the connections of all deployments; before the deployments.
    void read_connections(settings_node& litellm, settings_node& general) { connections_.read_defaults(litellm, general); }
    /// Whatever can be reached without any entry.
    LLMX_DECL void from_environment();
    /// Puts the deployments into \p into, and the names of the models that have none. Sets shares and ids, which depend on the
    /// other deployments. Call once, last.
    LLMX_DECL void take(gateway_settings& into);
    /// Makes the deployments for vendors' own paths of what \p into has, and of the environment for all other vendors.
    LLMX_DECL void add_vendor_paths(gateway_settings& into);

private:
    struct entry {
        deployment made;
        const known_provider* provider = nullptr;
        const setting* at = nullptr;
        bool named = false, weighted = false;
        /// The model "*" without a provider: all that the environment has keys for.
        bool everything = false;
        /// Why it cannot be served; empty: it can.
        std::vector<settings_lack> lacks;
    };
    /// Whether a provider can be reached with the variables of the environment.
    enum class reach : std::uint8_t { served, not_asked_for, lacking, wrong };

    LLMX_DECL void read_entry(const setting& one);
    LLMX_DECL void read_name(settings_node& at, deployment& d);
    LLMX_DECL void read_search_tool(const setting& one);
    LLMX_DECL [[nodiscard]] std::vector<any_settings> read_search_params(settings_node& params, entry& e);
    LLMX_DECL void read_params(settings_node& params, entry& e);
    LLMX_DECL void read_info(settings_node& info, entry& e);
    /// Prices, windows and abilities of the model, for the catalogue.
    LLMX_DECL void read_facts(settings_node& from, deployment& d, bool prices_only);
    /// Sets the provider and its model, if they are right.
    LLMX_DECL void choose_provider(settings_node& model, settings_node& custom, entry& e);
    LLMX_DECL void check_model(settings_node& model, const entry& e);
    /// The provider called \p provider, named by \p at, is not in this program; \p expected begins what is.
    LLMX_DECL void miss_provider(settings_node& at, std::string_view expected, std::string_view provider);
    LLMX_DECL void find_key(settings_node& given, entry& e);
    LLMX_DECL void find_base(settings_node& given, entry& e);
    /// Completes and checks the deployment as the registry will, and keeps in \p own the settings that the provider has filled in.
    LLMX_DECL void check_provider(settings_node& params, entry& e, std::vector<any_settings>& own);
    LLMX_DECL void add(entry e, std::vector<any_settings> own);
    /// Notes that the model of \p e cannot be served, with each reason.
    LLMX_DECL void leave_out(const entry& e);
    /// Whether the deployment has an answer of its own (`mock_response`): the mock takes the place of its provider then.
    LLMX_DECL [[nodiscard]] bool read_mock(settings_node& params, entry& e);
    /// `additional_drop_params` and `allowed_openai_params`.
    LLMX_DECL void read_members(settings_node& params, deployment& d);
    /// What requests to the deployment have beside what their callers state: default values, `extra_body`, `extra_headers`.
    LLMX_DECL void read_requests(settings_node& params, deployment& d);
    LLMX_DECL void read_fields(settings_node& map, deployment& d);
    /// Adds a deployment of each provider of the environment for an entry with the model "*".
    LLMX_DECL void serve_everything(const entry& wanted);
    /// Fills in what the environment has for the provider of \p e; \p why it is not served.
    LLMX_DECL [[nodiscard]] reach find_in_environment(entry& e, std::string& why);
    /// Takes the endpoint of an operation from the end of \p url, which is to be a base URL; empty when there is none.
    LLMX_DECL [[nodiscard]] static std::string cut_endpoint(std::string& url);
    /// The provider's own base URL, with the values of the variables that it names.
    LLMX_DECL [[nodiscard]] result<std::string> default_base(const known_provider& p) const;
    LLMX_DECL void share_traffic();
    LLMX_DECL void name_entries();

    LLMX_DECL [[nodiscard]] const known_provider* find_provider(std::string_view name) const noexcept;
    LLMX_DECL [[nodiscard]] std::string provider_names() const;
    /// The first of \p names that is set and not empty, with its name.
    LLMX_DECL [[nodiscard]] std::optional<std::pair<std::string, std::string>>
    first_variable(const name_list& names) const;

    const std::vector<known_provider>& providers_;
    settings_scope& scope_;
    connection_reader connections_;
    /// Parameters that have no effect, those of other providers included.
    std::vector<std::string_view> foreign_;
    std::vector<entry> entries_;
    /// Entries with the model "*" without a provider; they are served when all others are known.
    std::vector<entry> everything_;
    std::vector<unserved_model> unserved_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/model_environment.ipp>
#include <llmx/settings/impl/model_identity.ipp>
#include <llmx/settings/impl/model_reader.ipp>
#include <llmx/settings/impl/model_requests.ipp>
#include <llmx/settings/impl/search_tools.ipp>
#endif
