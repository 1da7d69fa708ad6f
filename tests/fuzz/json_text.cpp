// SPDX-License-Identifier: BSL-1.0
// JSON: the scan accepts what Boost.JSON accepts and finds the same in it; what json_writer
// writes parses to the same value.
//
// Where the two may differ: halves of surrogate pairs, which the scan takes and resolves to
// U+FFFD; exponents beyond Boost.JSON's; names that stand twice, of which Boost.JSON keeps the
// last value; nesting, which both limit to 256 levels; llmx's limit of members.
#include "json.hpp"

#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace json = boost::json;

/// Scans every level; one level alone leaves nested commas, colons and numbers unseen. White
/// space before the value counts as the text's, not as another kind of value.
bool scans(std::string_view value) {
    const auto inner = [](const llmx::json_member& m) -> llmx::result<void> {
        if (!scans(m.value)) return llmx::error(llmx::errc::invalid_request, "nested");
        return llmx::success();
    };
    const std::size_t first = value.find_first_not_of(" \t\r\n");
    const char kind = first == std::string_view::npos ? '\0' : value[first];
    if (kind == '{') return llmx::scan_json_members(value, inner).has_value();
    if (kind == '[') return llmx::scan_json_elements(value, inner).has_value();
    return true;
}

bool holds_lone_surrogate(std::string_view text) {
    // Any escape of the surrogates' block: rare, and only one direction is not compared then.
    for (std::size_t at = text.find("\\u"); at != std::string_view::npos; at = text.find("\\u", at + 1)) {
        const std::string_view digits = text.substr(at + 2, 2);
        if (digits.size() == 2 && (digits[0] == 'd' || digits[0] == 'D') && digits[1] >= '8' && digits[1] != '9') return true;
        if (digits.size() == 2 && (digits[0] == 'd' || digits[0] == 'D') && digits[1] == '9') return true;
    }
    return false;
}

void compare_number(std::string_view text, const json::value& parsed) {
    const auto number = llmx::json_number(text);
    const auto whole = llmx::json_integer(text);
    if (parsed.is_int64()) {
        fuzz::require(whole == parsed.get_int64(), "a whole number is read alike", text);
    } else if (parsed.is_uint64()) {
        fuzz::require(!whole, "a number that does not fit is none", text);
    } else if (parsed.is_double() && number && std::isfinite(parsed.get_double())) {
        // Boost.JSON 1.81 computes doubles to within some units of the last place.
        const double exact = *number, near = parsed.get_double();
        fuzz::require(std::fabs(exact - near) <= std::fabs(exact) * 1e-14 + std::numeric_limits<double>::denorm_min() * 64,
                      "a number is read alike", text);
    }
    if (whole && number) fuzz::require(std::fabs(*number - static_cast<double>(*whole)) <= std::fabs(*number) * 1e-15,
                                       "a number is the same whole and not", text);
}

/// \p text is what \p parsed came from. Each level scans and parses all that is below it: some are enough.
void compare(std::string_view text, const json::value& parsed, int levels = 6) {
    if (levels == 0) return;
    switch (parsed.kind()) {
    case json::kind::object: {
        // Of a name that stands twice the last value counts: only what is left over is compared.
        const json::object& object = parsed.get_object();
        std::size_t seen = 0;
        std::optional<std::string> last_name;
        const auto walked = llmx::scan_json_members(text, [&](const llmx::json_member& m) {
            ++seen;
            const std::string name = llmx::unescape_json_string(m.key);
            fuzz::require(m.named(name), "a member is called by its name", text);
            fuzz::require(text.substr(m.begin, m.end - m.begin) == m.value, "offsets are those of the value", text);
            const auto* const found = object.if_contains(name);
            fuzz::require(found != nullptr, "a member that the scan visits is parsed", text);
            json::value alone;
            fuzz::require(fuzz::parse(m.value, alone), "a value that the scan finds is JSON alone", m.value);
            if (alone == *found) compare(m.value, *found, levels - 1);
        });
        fuzz::require(walked.has_value() && seen >= object.size(), "the scan visits every member", text);
        break;
    }
    case json::kind::array: {
        const json::array& array = parsed.get_array();
        std::size_t seen = 0;
        const auto walked = llmx::scan_json_elements(text, [&](const llmx::json_member& m) {
            fuzz::require(seen < array.size(), "the scan visits no more elements than there are", text);
            compare(m.value, array[seen++], levels - 1);
        });
        fuzz::require(walked.has_value() && seen == array.size(), "the scan visits every element", text);
        break;
    }
    case json::kind::string: {
        fuzz::require(llmx::is_json_string(text), "a string looks like one", text);
        fuzz::require_equal(llmx::unescape_json_string(text), std::string_view(parsed.get_string()), "a string is read alike");
        if (const auto plain = llmx::plain_json_string(text))
            fuzz::require_equal(*plain, std::string_view(parsed.get_string()), "a plain string is read alike");
        break;
    }
    case json::kind::bool_: fuzz::require(llmx::is_true(text) == parsed.get_bool(), "true is true", text); break;
    case json::kind::null: fuzz::require(llmx::is_json_null(text), "null is null", text); break;
    default: compare_number(text, parsed);
    }
}

void write(llmx::json_writer& w, const json::value& v) {
    switch (v.kind()) {
    case json::kind::object:
        w.object();
        for (const auto& m : v.get_object()) {
            w.key(std::string_view(m.key()));
            write(w, m.value());
        }
        w.end_object();
        break;
    case json::kind::array:
        w.array();
        for (const auto& e : v.get_array()) write(w, e);
        w.end_array();
        break;
    case json::kind::string: w.value(std::string_view(v.get_string())); break;
    case json::kind::bool_: w.value(v.get_bool()); break;
    case json::kind::int64: w.value(v.get_int64()); break;
    case json::kind::uint64: w.value(v.get_uint64()); break;
    case json::kind::double_: w.value(v.get_double()); break;
    default: w.null();
    }
}

/// Equal but for doubles, of which Boost.JSON reads back a neighbour, and a whole one as a number.
bool same(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) {
        const auto number = [](const json::value& v) {
            return v.is_double() ? v.get_double()
                                 : v.is_int64() ? static_cast<double>(v.get_int64()) : static_cast<double>(v.get_uint64());
        };
        if (!a.is_double() && !b.is_double()) return a == b;
        return std::fabs(number(a) - number(b)) <= std::fabs(number(a)) * 1e-13 + std::numeric_limits<double>::denorm_min() * 64;
    }
    if (a.is_double() && !std::isfinite(a.get_double())) return b.is_null();
    if (a.kind() != b.kind()) return false;
    if (a.is_object()) {
        if (a.get_object().size() != b.get_object().size()) return false;
        for (const auto& m : a.get_object()) {
            const json::value* const other = b.get_object().if_contains(m.key());
            if (other == nullptr || !same(m.value(), *other)) return false;
        }
        return true;
    }
    if (a.is_array()) {
        if (a.get_array().size() != b.get_array().size()) return false;
        for (std::size_t i = 0; i < a.get_array().size(); ++i)
            if (!same(a.get_array()[i], b.get_array()[i])) return false;
        return true;
    }
    return a == b;
}

void check_string(std::string_view text) {
    std::string written;
    llmx::append_json_string(written, text);
    const json::value back = fuzz::require_json(written, "a string that is written");
    if (llmx::valid_utf8(text)) fuzz::require_equal(std::string_view(back.get_string()), text, "a string reads back");
    fuzz::require(llmx::valid_utf8_prefix(text) == text.size() || !llmx::valid_utf8(text), "a valid text is valid to its end");
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    check_string(text);

    const auto read = llmx::parse_json(text);
    if (!read) fuzz::require_sentence(read.error());
    const auto scanned = llmx::scan_json_members(text, [](const llmx::json_member&) {});
    if (!scanned) fuzz::require_sentence(scanned.error());
    const bool too_deep = scanned.has_error() && scanned.error().message().find("too deeply") != std::string::npos;

    if (read && read->is_object()) {
        if (!scanned) fuzz::require(too_deep, "the scan accepts what Boost.JSON accepts", text);
        else fuzz::require(scans(text), "the scan accepts all levels of what Boost.JSON accepts", text);
    }
    if (!read && scanned && scans(text)) {
        json::value deep;
        fuzz::require(fuzz::parse(text, deep) || holds_lone_surrogate(text) ||
                          read.error().message().find("exponent") != std::string::npos,
                      "Boost.JSON accepts what the scan accepts at all levels", text);
    }
    if (!read) return;
    if ((read->is_object() || read->is_array()) && scans(text) && !holds_lone_surrogate(text)) compare(text, *read);

    std::string written;
    llmx::json_writer w(written);
    write(w, *read);
    const json::value again = fuzz::require_json(written, "what json_writer writes");
    fuzz::require(same(*read, again), "what json_writer writes reads back the same", written);
}
