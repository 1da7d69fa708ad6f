// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The parts of an `allOf` as if their members were in one schema.
///
/// It points at them, and their tree must outlive it: copies would be made again at each level of
/// schemas in schemas. Of a member that several parts have the first counts; their properties and
/// their required names are put together.
class gemini_schema_parts {
public:
    using value = boost::json::value;

    void add(std::string_view key, const value& v) {
        const auto [at, added] = places_.emplace(key, members_.size());
        if (added) members_.emplace_back(key, &v);
        const value& first = *members_[at->second].second;
        if (key == "properties" && v.is_object() && first.is_object()) {
            for (const auto& p : v.get_object())
                if (names_.insert(p.key()).second) properties_.emplace_back(p.key(), &p.value());
        } else if (key == "required" && v.is_array() && first.is_array()) {
            for (const auto& r : v.get_array()) required_.push_back(&r);
        }
    }
    [[nodiscard]] const value* find(std::string_view key) const noexcept {
        const auto at = places_.find(key);
        return at == places_.end() ? nullptr : members_[at->second].second;
    }
    [[nodiscard]] bool has_property(std::string_view name) const noexcept { return names_.find(name) != names_.end(); }
    [[nodiscard]] const std::vector<std::pair<std::string_view, const value*>>& members() const noexcept { return members_; }
    [[nodiscard]] const std::vector<std::pair<std::string_view, const value*>>& properties() const noexcept { return properties_; }
    [[nodiscard]] const std::vector<const value*>& required() const noexcept { return required_; }

private:
    std::vector<std::pair<std::string_view, const value*>> members_, properties_;
    std::vector<const value*> required_;
    // Ordered: a caller can choose names that have one hash.
    std::map<std::string_view, std::size_t> places_;
    std::set<std::string_view> names_;
};

/// One schema: an object of the tree, or parts put together. Refers to either.
class gemini_schema_view {
public:
    using object = boost::json::object;
    using value = boost::json::value;

    explicit gemini_schema_view(const object& whole) noexcept : whole_(&whole) {}
    explicit gemini_schema_view(const gemini_schema_parts& parts) noexcept : parts_(&parts) {}

    [[nodiscard]] const value* if_contains(std::string_view key) const noexcept {
        return whole_ != nullptr ? whole_->if_contains(key) : parts_->find(key);
    }
    [[nodiscard]] bool contains(std::string_view key) const noexcept { return if_contains(key) != nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return whole_ != nullptr ? whole_->size() : parts_->members().size(); }

    /// Calls \p f(key, value) for each member, in order.
    template <class F> void each(F f) const {
        if (whole_ != nullptr)
            for (const auto& m : *whole_) f(std::string_view(m.key()), m.value());
        else
            for (const auto& [key, v] : parts_->members()) f(key, *v);
    }
    /// Calls \p f(name, schema) for each property; \p properties is the member, an object.
    template <class F> void each_property(const object& properties, F f) const {
        if (whole_ != nullptr)
            for (const auto& p : properties) f(std::string_view(p.key()), p.value());
        else
            for (const auto& [name, schema] : parts_->properties()) f(name, *schema);
    }
    [[nodiscard]] bool has_property(std::string_view name) const noexcept {
        if (whole_ == nullptr) return parts_->has_property(name);
        const value* const properties = whole_->if_contains("properties");
        return properties != nullptr && properties->is_object() && properties->get_object().contains(name);
    }
    /// Calls \p f(value) for each required name; \p required is the member, an array.
    template <class F> void each_required(const boost::json::array& required, F f) const {
        if (whole_ != nullptr)
            for (const auto& r : required) f(r);
        else
            for (const value* r : parts_->required()) f(*r);
    }

private:
    const object* whole_ = nullptr;
    const gemini_schema_parts* parts_ = nullptr;
};

} // namespace llmx::inline LLMX_ABI::detail
