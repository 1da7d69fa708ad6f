// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/topology.hpp>
#include <llmx/providers/detail/deployment_rules.hpp>
#include <llmx/registry/provider_ops.hpp>
#include <llmx/registry/registry_entry.hpp>
#include <llmx/wire/url.hpp> // for programs, which write a deployment's base URL

#include <boost/hana/append.hpp>
#include <boost/hana/at_key.hpp>
#include <boost/hana/bool.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/filter.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

template <class... Ps> class registry;

namespace detail {
/// The tables of all elements, one after the other.
template <class... Ps> struct registry_tables {
    static constexpr std::size_t size = (std::size_t(0) + ... + registry_entry<Ps>::size);
    [[nodiscard]] static constexpr std::array<const provider_ops*, size> list() noexcept {
        std::array<const provider_ops*, size> tables{};
        std::size_t at = 0;
        [[maybe_unused]] const auto add = [&](auto entry) {
            for (std::size_t i = 0; i < decltype(entry)::size; ++i) tables[at++] = entry.ops(i);
        };
        (add(registry_entry<Ps>()), ...);
        return tables;
    }
    static constexpr std::array<const provider_ops*, size> all = list();

    /// Whether no name or alias is used by two providers. Sorted, since a compiler limits the steps of a constant expression and a
    /// comparison of each name with each other passes clang's limit with 130 providers.
    [[nodiscard]] static constexpr bool distinct() {
        struct owned_name {
            std::string_view name;
            std::size_t owner = 0;
        };
        std::vector<owned_name> all_names;
        for (std::size_t i = 0; i < size; ++i) {
            all_names.push_back({all[i]->name, i});
            for (const std::string_view alias : all[i]->facts.aliases) all_names.push_back({alias, i});
        }
        std::sort(all_names.begin(), all_names.end(), [](const owned_name& a, const owned_name& b) { return a.name < b.name; });
        for (std::size_t i = 1; i < all_names.size(); ++i)
            if (all_names[i].name == all_names[i - 1].name && all_names[i].owner != all_names[i - 1].owner) return false;
        return true;
    }
    [[nodiscard]] static constexpr std::array<std::string_view, size> names() noexcept {
        std::array<std::string_view, size> out{};
        for (std::size_t i = 0; i < size; ++i) out[i] = all[i]->name;
        return out;
    }
};
template <class T> inline constexpr bool is_registry = false;
template <class... Ps> inline constexpr bool is_registry<registry<Ps...>> = true;
template <bool Good, class... Ps> inline constexpr bool tables_distinct = true;
template <class... Ps> inline constexpr bool tables_distinct<true, Ps...> = registry_tables<Ps...>::distinct();
template <class Tuple> struct registry_of;
template <class... Ts> struct registry_of<boost::hana::tuple<Ts...>> {
    using type = registry<typename Ts::type...>;
};
} // namespace detail

/// The providers a program is built with, known at compile time.
///
/// `registry<openai, anthropic, my_vendor>`. A provider that is not named is not in the program.
/// Provider objects are stored by value in a Hana map keyed by type; a run-time name is
/// found in a table. An element may also be an array of vendors' rows, `vendors<rows>`: each of them is a
/// provider of the registry, with a position of its own. Immutable after construction, so thread-safe.
template <class... Ps> class registry {
    static_assert(((sizeof(typename detail::registry_entry<Ps>::check) != 0) && ...));
    static_assert(detail::tables_distinct<(detail::registry_entry<Ps>::good && ...), Ps...>,
                  "llmx: two providers in a registry have the same name");
    using tables = detail::registry_tables<Ps...>;

public:
    registry() = default;
    /// Takes providers with state of their own.
    explicit registry(Ps... providers)
        requires(sizeof...(Ps) > 0)
        : providers_(boost::hana::make_map(boost::hana::make_pair(boost::hana::type_c<Ps>, std::move(providers))...)) {}

    /// Number of providers, those of arrays of rows included.
    static constexpr std::size_t size = (std::size_t(0) + ... + detail::registry_entry<Ps>::size);

    template <class P> static constexpr bool contains = (std::is_same_v<P, Ps> || ...);

    template <class P> [[nodiscard]] const P& get() const noexcept {
        static_assert(contains<P>, "llmx: this provider is not in the registry");
        // The branch keeps the compiler from explaining Hana after the sentence above.
        if constexpr (contains<P>) return boost::hana::at_key(providers_, boost::hana::type_c<P>);
        else return *static_cast<const P*>(nullptr);
    }

    /// Position of the provider that has the name or the alias \p name, for `ops`; nothing when it is not here.
    [[nodiscard]] static std::optional<std::size_t> find(std::string_view name) noexcept {
        for (std::size_t i = 0; i < size; ++i)
            if (tables::all[i]->name == name) return i;
        for (std::size_t i = 0; i < size; ++i)
            if (tables::all[i]->facts.aliases.contains(name)) return i;
        return std::nullopt;
    }
    [[nodiscard]] static constexpr std::array<std::string_view, size> names() noexcept { return tables::names(); }
    [[nodiscard]] static const provider_ops& ops(std::size_t index) noexcept { return *tables::all[index]; }
    /// The object behind `ops(index)`: the provider's, or the row.
    [[nodiscard]] const void* self(std::size_t index) const noexcept {
        const void* found = nullptr;
        std::size_t at = 0;
        [[maybe_unused]] const auto is_it = [&](const auto& object, auto entry) {
            if (index < at + entry.size) return found = entry.self(object, index - at), true;
            return at += entry.size, false;
        };
        static_cast<void>((is_it(get<Ps>(), detail::registry_entry<Ps>()) || ...));
        return found;
    }

    /// Fills in the values that \p d leaves to its provider (base URL) and checks the rest.
    /// Fails with `errc::bad_configuration` when the provider is not in the registry, a
    /// base URL is missing, a key holds bytes that no header may, the settings are another provider's, or
    /// the provider's own `complete` or `check` fails; \p d is not complete then. A provider may read \p variables and files
    /// of credentials that they or its settings name (`completing_provider`).
    [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables = process_variables()) {
        d.provider_index = deployment::no_provider;
        const auto at = find(d.provider);
        if (!at) {
            std::string known;
            // Those with wires of their own come first; a hundred vendors are no sentence.
            constexpr std::size_t most = 11;
            for (std::size_t i = 0; i < size && i < most; ++i) (known += known.empty() ? "" : ", ") += tables::all[i]->name;
            if constexpr (size > most) known += " and " + std::to_string(size - most) + " more (docs/providers.md)";
            return error(errc::bad_configuration, "deployment '" + d.id + "': unknown provider '" + d.provider +
                                                      "'; this program has " + known);
        }
        d.provider = ops(*at).name;
        if (const result<void> done = detail::deployment_rules(ops(*at)).apply(d, variables); done.has_error()) {
            error e = done.error();
            return e.with_message("deployment '" + d.id + "': " + e.message());
        }
        d.provider_index = *at;
        return success();
    }

    /// Completes \p deployments and makes the topology that a gateway of this registry serves;
    /// \p aliases maps further public names to groups, \p unserved has models that are configured and cannot be served.
    /// Fails as `complete` and `topology::make` do.
    [[nodiscard]] static result<std::shared_ptr<const topology>>
    make_topology(std::vector<deployment> deployments,
                  std::vector<std::pair<std::string, std::string>> aliases =
                      std::vector<std::pair<std::string, std::string>>(),
                  std::vector<unserved_model> unserved = std::vector<unserved_model>()) {
        for (deployment& d : deployments)
            if (const result<void> completed = complete(d); !completed) return completed.error();
        return topology::make(std::move(deployments), std::move(aliases), std::move(unserved));
    }

private:
    using map_type = decltype(boost::hana::make_map(boost::hana::make_pair(boost::hana::type_c<Ps>, std::declval<Ps>())...));
    map_type providers_;
};

/// All providers of \p A and \p B, each once.
template <class A, class B> struct registry_union;
/// \copydoc registry_union
template <class... As, class... Bs> struct registry_union<registry<As...>, registry<Bs...>> {
private:
    static constexpr auto types =
        boost::hana::fold_left(boost::hana::make_tuple(boost::hana::type_c<Bs>...),
                               boost::hana::make_tuple(boost::hana::type_c<As>...), [](auto all, auto one) {
                                   if constexpr (decltype(boost::hana::contains(all, one))::value) return all;
                                   else return boost::hana::append(all, one);
                               });

public:
    using type = typename detail::registry_of<std::remove_const_t<decltype(types)>>::type;
};
template <class A, class B> using registry_union_t = typename registry_union<A, B>::type;

/// The providers of \p R for which `Predicate<P>::value` holds.
template <class R, template <class> class Predicate> struct registry_filter;
/// \copydoc registry_filter
template <class... Ps, template <class> class Predicate> struct registry_filter<registry<Ps...>, Predicate> {
private:
    static constexpr auto types =
        boost::hana::filter(boost::hana::make_tuple(boost::hana::type_c<Ps>...), [](auto t) {
            return boost::hana::bool_c<Predicate<typename decltype(t)::type>::value>;
        });

public:
    using type = typename detail::registry_of<std::remove_const_t<decltype(types)>>::type;
};
template <class R, template <class> class Predicate>
using registry_filter_t = typename registry_filter<R, Predicate>::type;

/// Whether \p P can do \p Op, known at compile time: one of its codecs is of that operation.
/// Of an array of rows, `vendors<rows>`: one of them can.
template <class P, operation Op> inline constexpr bool provider_supports = detail::registry_entry<P>::template supports<Op>;

namespace detail {
template <class Op> struct supports {
    template <class P> struct test : std::bool_constant<provider_supports<P, Op>> {};
};
template <class R, class Op> struct registry_serving;
template <class... Ps, class Op> struct registry_serving<registry<Ps...>, Op> {
    using type = registry<typename registry_entry<Ps>::template serving<Op>...>;
};
} // namespace detail

/// The providers of the registry \p R that can do \p Op, as a registry; of arrays of rows those rows.
template <class R, operation Op>
using providers_with = typename detail::registry_serving<registry_filter_t<R, detail::supports<Op>::template test>, Op>::type;

} // namespace llmx::inline LLMX_ABI
