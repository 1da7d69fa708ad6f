// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/detail/search.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A vendor of searches as constant data: its address, its credentials and its form. Views of literals. The source of the facts is beside
/// each row.
struct search_row {
    std::string_view name;
    /// Further names in configurations.
    name_list aliases = name_list();
    /// Base URL; empty: each deployment names one.
    std::string_view base = {};
    /// Behind the base URL's path, unless that ends with it.
    std::string_view path = {};
    name_list key_env = name_list();
    name_list base_env = name_list();
    bool needs_key = true;
    /// The header field of the key, and what is before the key in it.
    std::string_view auth_field = "authorization";
    std::string_view auth_prefix = "Bearer ";
    /// Header lines that each request carries, every one ended by CRLF.
    std::string_view fields = {};
    /// The parameter that names the account's own search engine, and the variable that has its id; empty: there is none.
    std::string_view engine = {}, engine_env = {};
};

/// Settings of a deployment of a vendor with search engines of its accounts.
struct search_settings {
    search_settings() = default;
    /// Id of the search engine. Empty: the variable of the row.
    std::string engine;
    static constexpr auto keys = settings_keys(config_key("search_engine_id", &search_settings::engine));
};

namespace detail {

LLMX_DECL void prepare_search(const search_row& row, const search_form& form, const deployment& d, const outgoing& what,
                              http_request& out);
LLMX_DECL [[nodiscard]] result<void> complete_search(const search_row& row, deployment& d, const variable_lookup& variables);
LLMX_DECL [[nodiscard]] error classify_search(const search_row& row, int status, std::span<const http_field> fields, std::string_view body);

[[nodiscard]] constexpr provider_facts facts_of_search(const search_row& row) noexcept {
    provider_facts f;
    f.default_base = row.base;
    f.key_env = row.key_env;
    f.base_env = row.base_env;
    f.needs_key = row.needs_key;
    f.aliases = row.aliases;
    return f;
}

/// The settings of a row that has some; a constraint would not hide them from g++ 12.
template <const search_row& Row, bool HasEngine> struct search_engine_settings {};
template <const search_row& Row> struct search_engine_settings<Row, true> {
    using settings = search_settings;
    [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables) { return complete_search(Row, d, variables); }
};

} // namespace detail

/// A provider of searches made of one row and a form: `using tavily = search_vendor<rows::tavily, forms::tavily>`. The deployment's `model` is
/// the name of a price in the catalogue, "search"; no request has it.
template <const search_row& Row, const search_form& Form> struct search_vendor : detail::search_engine_settings<Row, !Row.engine.empty()> {
    static constexpr std::string_view name = Row.name;
    static constexpr const search_form& form = Form;
    using codecs = codec_list<search_codec<Form>>;
    static constexpr provider_facts facts = detail::facts_of_search(Row);

    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        detail::prepare_search(Row, Form, d, what, out);
        return success();
    }
    [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return detail::classify_search(Row, status, fields, body);
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/search_vendor.ipp>
#endif
