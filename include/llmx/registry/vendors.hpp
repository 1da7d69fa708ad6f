// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor.hpp>
#include <llmx/registry/registry_entry.hpp>

#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// All vendors of the array \p Rows, of pointers to rows, as one element of a registry:
/// `registry<openai, vendors<stock_rows>>`. Each row's name and aliases are found, and another row adds data
/// but no template.
template <const auto& Rows> struct vendors {
    static constexpr std::size_t size = std::size(Rows);
    static_assert(size != 0, "llmx: vendors<Rows> needs at least one row");
    [[nodiscard]] static constexpr const vendor_row& row(std::size_t i) noexcept { return *Rows[i]; }
};

namespace detail {

/// The tables of an array's rows: all have the same functions, whose object is the row.
template <const auto& Rows> struct vendor_tables {
    static constexpr std::size_t size = std::size(Rows);

    static result<void> prepare(const void* self, const deployment& d, const outgoing& what, http_request& out) {
        prepare_row(*static_cast<const vendor_row*>(self), d, what, out);
        return success();
    }
    static result<void> prepare_with_forms(const void* self, const deployment& d, const outgoing& what, http_request& out) {
        prepare_row_with_forms(*static_cast<const vendor_row*>(self), d, what, out);
        return success();
    }
    /// Of those rows that change a key.
    static result<void> complete(deployment& d, const variable_lookup&) {
        for (std::size_t i = 0; i < size; ++i)
            if (Rows[i]->name == d.provider) complete_row(*Rows[i], d);
        return success();
    }
    static error classify(const void* self, int status, std::span<const http_field> fields, std::string_view body) {
        return classify_row(*static_cast<const vendor_row*>(self), status, fields, body);
    }
    static result<void> edit(const void* self, request_edit& e) { return apply_row(*static_cast<const vendor_row*>(self), e); }

    static result<void> check(const deployment& d) {
        if (d.settings.empty()) return success();
        return error(errc::bad_configuration, "its settings are not those of provider '" + d.provider + "'");
    }

    template <std::size_t... Is> [[nodiscard]] static constexpr std::array<codecs_of_row, size> list_codecs(std::index_sequence<Is...>) noexcept {
        return {codecs_of_row(*Rows[Is])...};
    }
    static constexpr std::array<codecs_of_row, size> codecs = list_codecs(std::make_index_sequence<size>());
    template <std::size_t... Is> [[nodiscard]] static constexpr std::array<forms_of_row, size> list_forms(std::index_sequence<Is...>) noexcept {
        return {forms_of_row(*Rows[Is])...};
    }
    static constexpr std::array<forms_of_row, size> forms = list_forms(std::make_index_sequence<size>());

    [[nodiscard]] static constexpr provider_ops table(std::size_t i) noexcept {
        return {Rows[i]->name, facts_of_row(*Rows[i]), std::span<const codec_ops* const>(codecs[i].all.data(), codecs[i].size),
                Rows[i]->has_forms() ? &prepare_with_forms : &prepare, &classify, nullptr, nullptr, &edit,
                !Rows[i]->does_refuse("stream_options"), nullptr, nullptr, &check, Rows[i]->key_mark.empty() ? nullptr : &complete, nullptr,
                forms[i].view()};
    }
    template <std::size_t... Is> [[nodiscard]] static constexpr std::array<provider_ops, size> list_tables(std::index_sequence<Is...>) noexcept {
        return {table(Is)...};
    }
    static constexpr std::array<provider_ops, size> all = list_tables(std::make_index_sequence<size>());

    /// Whether the row number \p i can do \p Op.
    template <class Op> [[nodiscard]] static constexpr bool can(std::size_t i) noexcept {
        for (std::size_t k = 0; k < codecs[i].size; ++k)
            // By name: g++ takes no comparison of addresses for a constant under -fsanitize=undefined.
            if (codecs[i].all[k]->operation->name == Op::info.name) return true;
        return names_form_of<Op>(forms[i].view());
    }
    template <class Op> [[nodiscard]] static constexpr std::size_t count() noexcept {
        std::size_t n = 0;
        for (std::size_t i = 0; i < size; ++i) n += can<Op>(i) ? 1 : 0;
        return n;
    }
};

/// The rows that can do \p Op.
template <const auto& Rows, class Op> [[nodiscard]] constexpr auto list_rows_serving() noexcept {
    std::array<const vendor_row*, vendor_tables<Rows>::template count<Op>()> some{};
    std::size_t n = 0;
    for (std::size_t i = 0; i < std::size(Rows); ++i)
        if (vendor_tables<Rows>::template can<Op>(i)) some[n++] = Rows[i];
    return some;
}
template <const auto& Rows, class Op> inline constexpr auto rows_serving = list_rows_serving<Rows, Op>();

template <const auto& Rows> struct registry_entry<vendors<Rows>> {
    using tables = vendor_tables<Rows>;
    using check = vendors<Rows>;
    static constexpr bool good = true;
    static constexpr std::size_t size = tables::size;
    [[nodiscard]] static constexpr const provider_ops* ops(std::size_t i) noexcept { return &tables::all[i]; }
    [[nodiscard]] static const void* self(const vendors<Rows>&, std::size_t i) noexcept { return Rows[i]; }
    /// Whether one of the rows can.
    template <class Op> static constexpr bool supports = tables::template count<Op>() != 0;
    template <class Op, bool All = tables::template count<Op>() == size> struct some {
        using type = vendors<Rows>;
    };
    template <class Op> struct some<Op, false> {
        using type = vendors<rows_serving<Rows, Op>>;
    };
    template <class Op> using serving = typename some<Op>::type;
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
