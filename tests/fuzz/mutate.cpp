// SPDX-License-Identifier: BSL-1.0
// Mutations that keep the shape of an input: steering bytes apart from the text, JSON by its
// values, event streams by their events. Bytes changed at random seldom leave JSON behind, and
// then nothing but its parser is tested. What has no such shape is libFuzzer's to mutate.
#include "mutate.hpp"
#include "support.hpp"

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);
extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t a_size, const std::uint8_t* b,
                                                 std::size_t b_size, std::uint8_t* out, std::size_t most, unsigned seed);

namespace fuzz {
namespace {

namespace json = boost::json;

class mutator {
public:
    explicit mutator(unsigned seed) : random_(seed) {}

    [[nodiscard]] std::size_t below(std::size_t n) { return random_() % n; }

    /// Bytes as libFuzzer mutates them, its dictionary included.
    std::string bytes(std::string text, std::size_t most) {
        const std::size_t size = text.size();
        text.resize(std::max(most, size));
        text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
        return text;
    }

    /// \p text with its shape kept; nothing when it has none.
    std::optional<std::string> shaped(std::string_view text) {
        if (text.find("data:") != std::string_view::npos && below(4) != 0) return events(text);
        return document(text);
    }

    /// JSON with a value of \p other in it.
    std::optional<std::string> crossed(std::string_view text, std::string_view other) {
        json::value mine, theirs;
        if (!parsed(text, mine) || !parsed(other, theirs)) return std::nullopt;
        *pick(nodes_of(mine)) = json::value(*pick(nodes_of(theirs)));
        return json::serialize(mine);
    }

private:
    static bool parsed(std::string_view text, json::value& into) {
        json::parse_options options;
        options.max_depth = 300;
        json::parser parser(json::storage_ptr(), options);
        boost::system::error_code failed;
        parser.write(text.data(), text.size(), failed);
        if (failed) return false;
        into = parser.release();
        return into.is_object() || into.is_array();
    }

    static void collect(json::value& v, std::vector<json::value*>& to) {
        to.push_back(&v);
        if (auto* const object = v.if_object())
            for (auto& m : *object) collect(m.value(), to);
        if (auto* const array = v.if_array())
            for (auto& e : *array) collect(e, to);
    }
    static std::vector<json::value*> nodes_of(json::value& v) {
        std::vector<json::value*> nodes;
        collect(v, nodes);
        return nodes;
    }
    json::value* pick(const std::vector<json::value*>& nodes) { return nodes[below(nodes.size())]; }
    std::string_view word() { return words()[below(words().size())]; }

    json::value scalar() {
        static constexpr std::int64_t integers[] = {
            0, 1, -1, 2, 3, 7, 100, 255, 256, 1024, 4096, 65535, 1 << 20, std::int64_t{1} << 53, (std::int64_t{1} << 53) + 1,
            std::numeric_limits<std::int32_t>::max(), std::int64_t{1} << 32,
            std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
        static constexpr double doubles[] = {0.5, -0.0, 1.5, 1e-300, 1e18, 1e19, -1e19, 1e300, 0.1};
        static constexpr std::string_view texts[] = {
            "", " ", "a", "a b", "\n", "null", "{}", "{\"a\":1}", "[", "é", "\xF0\x9F\x98\x80", "data:image/png;base64,iVBORw0KGgo=",
            "https://example.com/a.png", "file-1", "llmx::gemini_generate:c2ln", "llmx_call_1", std::string_view("\0", 1)};
        switch (below(8)) {
        case 0: return nullptr;
        case 1: return below(2) == 0;
        case 2: return integers[below(std::size(integers))];
        case 3: return doubles[below(std::size(doubles))];
        case 4: return json::string(texts[below(std::size(texts))]);
        case 5: return below(2) == 0 ? json::value(json::object()) : json::value(json::array());
        case 6: return json::string(std::string(below(3) == 0 ? 80 : 5, static_cast<char>('a' + below(26))));
        default: return json::string(word());
        }
    }

    void change_object(json::object& object, const json::value& donor) {
        if (object.empty() || below(3) == 0) {
            object[word()] = below(2) == 0 ? scalar() : donor;
            return;
        }
        const auto at = std::next(object.begin(), static_cast<std::ptrdiff_t>(below(object.size())));
        if (below(2) == 0) {
            object.erase(at);
        } else {
            json::value moved = std::move(at->value());
            object.erase(at);
            object[word()] = std::move(moved);
        }
    }

    void change_array(json::array& array, const json::value& donor) {
        if (array.empty() || below(4) == 0) {
            array.push_back(below(2) == 0 ? scalar() : donor);
            return;
        }
        const auto at = [&] { return std::next(array.begin(), static_cast<std::ptrdiff_t>(below(array.size()))); };
        switch (below(3)) {
        case 0: array.erase(at()); break;
        case 1: array.push_back(json::value(*at())); break;
        default: std::swap(*at(), *at());
        }
    }

    void change(json::value& root) {
        const std::vector<json::value*> nodes = nodes_of(root);
        const json::value donor = *pick(nodes);
        json::value& v = *pick(nodes);
        if (auto* const object = v.if_object(); object != nullptr && below(4) != 0) return change_object(*object, donor);
        if (auto* const array = v.if_array(); array != nullptr && below(4) != 0) return change_array(*array, donor);
        if (v.is_string() && below(2) == 0) {
            std::string text = bytes(std::string(v.get_string()), v.get_string().size() + 16);
            text.resize(llmx::valid_utf8_prefix(text));
            v = json::string(text);
            return;
        }
        switch (below(4)) {
        case 0: v = donor; break;
        case 1: v = json::array({v}); break;
        case 2: v = json::object({{word(), v}}); break;
        default: v = scalar();
        }
    }

    std::optional<std::string> document(std::string_view text) {
        json::value root;
        if (!parsed(text, root)) return std::nullopt;
        for (std::size_t n = 1 + below(3); n != 0; --n) change(root);
        return json::serialize(root);
    }

    std::string events(std::string_view text) {
        std::vector<std::string> lines;
        for (std::size_t end; !text.empty(); text.remove_prefix(end)) {
            end = std::min(text.find('\n'), text.size() - 1) + 1;
            lines.emplace_back(text.substr(0, end));
        }
        const auto at = [&] { return static_cast<std::ptrdiff_t>(below(lines.size())); };
        std::string& line = lines[static_cast<std::size_t>(at())];
        const std::ptrdiff_t where = &line - lines.data();
        std::optional<std::string> changed;
        if (line.starts_with("data:")) changed = document(std::string_view(line).substr(5));
        if (changed && below(4) != 0) {
            line = "data: " + *changed + "\n";
        } else {
            switch (below(4)) {
            case 0: lines.erase(lines.begin() + where); break;
            case 1: {
                std::string copy = line;
                lines.insert(lines.begin() + at(), std::move(copy));
                break;
            }
            case 2: std::swap(lines[static_cast<std::size_t>(where)], lines[static_cast<std::size_t>(at())]); break;
            default: line = bytes(line, line.size() + 16);
            }
        }
        std::string joined;
        for (const std::string& l : lines) joined += l;
        return joined;
    }

    std::minstd_rand random_;
};

std::size_t put(std::string_view text, std::string_view tail, std::uint8_t* out, std::size_t most) {
    if (tail.size() > most) return 0;
    const std::size_t kept = std::min(text.size(), most - tail.size());
    if (kept != 0) std::memcpy(out, text.data(), kept);
    if (!tail.empty()) std::memcpy(out + kept, tail.data(), tail.size());
    return kept + tail.size();
}

} // namespace
} // namespace fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    fuzz::mutator m(seed);
    const fuzz::input in(data, size);
    std::string text(in.text());
    std::string tail(text.size() == size ? std::string() : "\xff" + std::string(in.steering()));
    const std::size_t room = most - std::min(most, tail.size());
    if (m.below(8) == 0) {
        tail = "\xff" + m.bytes(std::string(in.steering()), fuzz::input::max_steering).substr(0, fuzz::input::max_steering);
    } else if (auto shaped = m.below(8) == 0 ? std::nullopt : m.shaped(text); shaped && shaped->size() <= room) {
        text = std::move(*shaped);
    } else {
        text = m.bytes(std::move(text), room);
    }
    const std::size_t made = fuzz::put(text, tail, data, most);
    return made != 0 ? made : LLVMFuzzerMutate(data, size, most);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t a_size, const std::uint8_t* b,
                                                 std::size_t b_size, std::uint8_t* out, std::size_t most, unsigned seed) {
    fuzz::mutator m(seed);
    const fuzz::input first(a, a_size), second(b, b_size);
    if (const auto crossed = m.crossed(first.text(), second.text()); crossed && crossed->size() <= most)
        return fuzz::put(*crossed, std::string_view(), out, most);
    // The first of one and the last of the other.
    const std::string joined = std::string(first.text().substr(0, m.below(first.text().size() + 1))) +
                               std::string(second.text().substr(m.below(second.text().size() + 1)));
    return fuzz::put(joined, std::string_view(), out, most);
}
