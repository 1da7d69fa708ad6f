// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/core/result.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

class json_cursor;

/// How the members of an object are named.
enum class json_naming : std::uint8_t {
    exact,
    /// proto3's mapping: a member goes by its lowerCamelCase name or by its snake_case one, a list of one object may
    /// be written as the object, and whole numbers may be strings (protobuf.dev/programming-guides/json).
    /// Members are requested by their lowerCamelCase names.
    proto,
};

/// A JSON text that is read member by member, and the first fault met on the way.
///
/// After a fault everything reads as if it were absent, so that a reader checks `status` once, at
/// the end. Cursors refer to the document. Not thread-safe, not copyable.
class json_document {
public:
    /// Parses \p text, which need not outlive the document. Text that is not JSON, or not an object, is the first fault.
    LLMX_DECL explicit json_document(std::string_view text, json_naming naming = json_naming::exact);
    /// The same with \p size bytes at \p space for the tree, which outlive the document: a tree that fits there
    /// costs no allocation.
    LLMX_DECL json_document(std::string_view text, json_naming naming, unsigned char* space, std::size_t size);
    json_document(const json_document&) = delete;
    json_document& operator=(const json_document&) = delete;

    [[nodiscard]] inline json_cursor root() noexcept;
    [[nodiscard]] json_naming naming() const noexcept { return naming_; }
    [[nodiscard]] bool good() const noexcept { return !fault_; }
    /// Keeps \p fault unless there is one.
    void fail(error fault) {
        if (!fault_) fault_ = std::move(fault);
    }
    /// The first fault, an `errc::invalid_request` whose `param` is the path of the member.
    [[nodiscard]] result<void> status() const {
        if (fault_) return *fault_;
        return success();
    }
    /// Discards the first fault, for a reader that keeps the values read up to it. Returns false for a text that
    /// is not JSON, which stays a fault.
    bool forgive() noexcept {
        if (value_.has_error()) return false;
        fault_.reset();
        return true;
    }

private:
    // Enough for most requests' trees and for nearly all chunks of streams, of which it saves an allocation.
    unsigned char space_[8192];
    boost::json::monotonic_resource memory_;
    result<boost::json::value> value_;
    std::optional<error> fault_;
    json_naming naming_;
};

/// A place in a document: a value, or a member that is absent. JSON null counts as absent.
///
/// `read` leaves its target alone when there is no value, and makes a value of another type the
/// document's fault ("messages[0].content: expected a string"). The `_or` members are lenient, for
/// replies of providers: a wrong type counts as absent. The path is put together only for a
/// fault, from the cursors that this one came from: they must still be there.
class json_cursor {
public:
    json_cursor(json_document& document, const boost::json::value* value) noexcept
        : document_(&document), value_(value == nullptr || value->is_null() ? nullptr : value) {}

    /// Whether there is a value, and no fault so far.
    [[nodiscard]] explicit operator bool() const noexcept { return value_ != nullptr && document_->good(); }
    [[nodiscard]] json_document& document() const noexcept { return *document_; }
    /// Null when absent; `object` and `array` also when it is something else.
    [[nodiscard]] const boost::json::value* value() const noexcept { return *this ? value_ : nullptr; }
    [[nodiscard]] const boost::json::object* object() const noexcept { return *this ? value_->if_object() : nullptr; }
    [[nodiscard]] const boost::json::array* array() const noexcept { return *this ? value_->if_array() : nullptr; }
    [[nodiscard]] bool is_string() const noexcept { return *this && value_->is_string(); }

    /// The member \p name, which must outlive the cursor; absent when this is not an object.
    LLMX_DECL [[nodiscard]] json_cursor operator[](std::string_view name) const& noexcept;
    json_cursor operator[](std::string_view name) const&& = delete;
    /// Element \p i of a list.
    LLMX_DECL [[nodiscard]] json_cursor operator[](std::size_t i) const& noexcept;
    json_cursor operator[](std::size_t i) const&& = delete;

    /// Elements of a list, 0 when absent; a fault when it is not a list.
    LLMX_DECL [[nodiscard]] std::size_t size() const;
    /// Calls \p f(element, index) for each element of a list.
    template <class F> void each(F f) const {
        const std::size_t n = size();
        for (std::size_t i = 0; i < n && document_->good(); ++i) f((*this)[i], i);
    }
    /// The same where each must be an object.
    template <class F> void each_object(F f) const {
        each([&f](const json_cursor& one, std::size_t i) {
            if (one.expect_object()) f(one, i);
        });
    }
    /// Lenient: calls \p f(element, index) for each object in a list, and passes over everything else.
    template <class F> void each_object_or_skip(F f) const {
        const boost::json::array* const list = array();
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
            if (const json_cursor one = (*this)[i]; one.object() != nullptr) f(one, i);
    }
    /// Whether this is an object; anything else, absence too, is a fault.
    LLMX_DECL bool expect_object() const;
    /// Whether this is an object; false when absent, and anything else is a fault.
    LLMX_DECL bool is_object() const;

    LLMX_DECL void read(std::string& to) const;
    LLMX_DECL void read(std::optional<bool>& to) const;
    LLMX_DECL void read(bool& to) const;
    LLMX_DECL void read(std::optional<double>& to) const;
    /// A whole number; 256.0 is one.
    LLMX_DECL void read(std::optional<std::int64_t>& to) const;
    /// A list of strings; appended.
    LLMX_DECL void read(std::vector<std::string>& to) const;
    /// A whole number that is not negative; beyond `max_count` it is that.
    LLMX_DECL void read_count(std::optional<std::int64_t>& to) const;
    /// An object's text.
    LLMX_DECL void read_object(raw_json& to) const;

    LLMX_DECL [[nodiscard]] std::string_view string_or(std::string_view otherwise = std::string_view()) const noexcept;
    LLMX_DECL [[nodiscard]] std::int64_t int_or(std::int64_t otherwise = 0) const noexcept;
    /// A number in the range of counts, see `clamp_count`.
    LLMX_DECL [[nodiscard]] std::int64_t count_or(std::int64_t otherwise = 0) const noexcept;
    LLMX_DECL [[nodiscard]] bool bool_or(bool otherwise = false) const noexcept;
    /// The value as compact JSON; empty when absent.
    LLMX_DECL [[nodiscard]] std::string text() const;

    /// Makes "path: expected \p what" the document's fault.
    LLMX_DECL void expected(std::string_view what) const;
    /// Makes "path: \p what" the document's fault.
    LLMX_DECL void wrong(std::string_view what) const;
    /// A fault when absent.
    LLMX_DECL void required() const {
        if (value_ == nullptr) wrong("field required");
    }
    /// "messages[0].content"; empty for the root.
    LLMX_DECL [[nodiscard]] std::string path() const;

private:
    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

    json_document* document_;
    const boost::json::value* value_;
    const json_cursor* parent_ = nullptr;
    std::string_view name_;
    std::size_t index_ = no_index;
};

namespace detail {
/// The member \p name, which may be written in snake_case where names are proto3's; null when it is absent or JSON null.
LLMX_DECL [[nodiscard]] const boost::json::value* find_json_member(const boost::json::object& o, std::string_view name,
                                                                   json_naming naming) noexcept;
/// proto3's lowerCamelCase form of \p name.
LLMX_DECL [[nodiscard]] std::string camel_member_name(std::string_view name);
} // namespace detail

inline json_cursor json_document::root() noexcept {
    return json_cursor(*this, value_.has_value() ? &*value_ : nullptr);
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_cursor.ipp>
#endif
