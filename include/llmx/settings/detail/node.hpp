// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_reader.hpp>
#include <llmx/settings/detail/notes.hpp>
#include <llmx/settings/tree.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// One value of a settings tree, which records which of its keys were read.
///
/// Children are made on first access and exist as long as their parent. The tree and the scope
/// must outlive the node.
class settings_node final : public settings_reader {
public:
    /// \p value may be null: then everything below is missing. A null value in the tree is one.
    settings_node(const setting* value, settings_scope& scope) : value_(given_value(value)), scope_(scope) {}

    [[nodiscard]] LLMX_INLINE shape what() const noexcept override;
    [[nodiscard]] LLMX_INLINE settings_node& at(std::string_view key) override;
    [[nodiscard]] LLMX_INLINE std::size_t size() const noexcept override;
    [[nodiscard]] LLMX_INLINE settings_node& item(std::size_t index) override;
    [[nodiscard]] std::string_view key() const noexcept override { return key_; }
    [[nodiscard]] LLMX_INLINE settings_node& variable(std::string_view name) override;

    using settings_reader::seconds;
    LLMX_INLINE bool flag(bool& into) override;
    LLMX_INLINE bool whole(std::uint64_t& into, std::uint64_t least, std::uint64_t most) override;
    LLMX_INLINE bool number(double& into, double least = 0, double most = std::numeric_limits<double>::infinity()) override;
    LLMX_INLINE bool seconds(duration& into, bool zero_allowed = false) override;
    LLMX_INLINE bool text(std::string& into) override;
    LLMX_INLINE bool texts(std::vector<std::string>& into) override;

    LLMX_INLINE void fail(std::string_view what) override;
    LLMX_INLINE void unexpected(std::string_view expected) override;
    LLMX_INLINE void warn(std::string_view what) override;
    LLMX_INLINE void lack(std::string_view what, std::string_view otherwise) override;
    [[nodiscard]] LLMX_INLINE std::string quoted(std::string_view name) const override;
    LLMX_INLINE void check_model(std::string_view name, bool must_exist) override;

    /// The value; null when it is missing.
    [[nodiscard]] const setting* value() const noexcept { return value_; }
    /// "file:line: path: " of this value, or of where it would be.
    LLMX_DECL [[nodiscard]] std::string where() const;
    /// \p what as one line, without the value of an environment variable in it.
    LLMX_DECL [[nodiscard]] std::string line_of(std::string_view what) const;
    /// Keys of this map that are known from elsewhere and have no effect. \p names must outlive the node.
    void foreign(std::span<const std::string_view> names) noexcept { foreign_ = names; }
    /// The first of \p keys that is given, else the first; all count as known.
    LLMX_DECL [[nodiscard]] settings_node& first_of(std::initializer_list<std::string_view> keys);
    /// Warns of the keys that were not read, of this map and of the maps below that were read. Call once, last.
    LLMX_DECL void finish();

private:
    [[nodiscard]] static const setting* given_value(const setting* v) noexcept {
        return v != nullptr && !v->is_null() ? v : nullptr;
    }
    LLMX_DECL [[nodiscard]] std::string where_below(const std::string& path) const;
    LLMX_DECL [[nodiscard]] settings_node& add(const setting* value, std::string key);
    /// Keeps what was \p read from \p from. A variable that is not set is a lack, a wrong value an error.
    template <class T> bool take(const setting& from, result<T> read, T& into) {
        if (read.has_value()) into = std::move(*read);
        else if (from.lacks_variable()) report_variable(from, read.error());
        else scope_.notes.fail(read.error());
        return read.has_value();
    }
    LLMX_DECL void report_variable(const setting& from, const error& e);

    const setting* value_;
    settings_scope& scope_;
    settings_node* parent_ = nullptr;
    std::string key_;
    std::span<const std::string_view> foreign_;
    std::vector<std::unique_ptr<settings_node>> children_;
    /// The value of an environment variable.
    std::unique_ptr<setting> from_variable_;
    bool read_as_map_ = false, complained_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/node.ipp>
#endif
