// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/metrics.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telemetry_test {

/// One line of a family.
struct sample {
    std::string name;
    std::map<std::string, std::string> labels;
    std::string text;
    double value() const { return std::strtod(text.c_str(), nullptr); }
    /// Name and labels, the latter in order.
    std::string id() const {
        std::string s = name;
        for (const auto& [k, v] : labels) s += '\1' + k + '\2' + v;
        return s;
    }
};
struct family {
    std::string help, type;
    std::vector<sample> samples;
};

/// Reads Prometheus' text format 0.0.4, byte by byte and strictly: written from its description
/// alone, and shares nothing with what is tested.
class exposition {
public:
    explicit exposition(std::string_view text) : rest_(text) {
        while (!rest_.empty()) line();
    }
    std::map<std::string, family> families;
    std::map<std::string, double> values;

    double value(const std::string& name, std::map<std::string, std::string> labels = {}) const {
        sample s;
        s.name = name;
        s.labels = std::move(labels);
        const auto found = values.find(s.id());
        BOOST_REQUIRE_MESSAGE(found != values.end(), "no sample " + name);
        return found->second;
    }
    bool has(const std::string& name, std::map<std::string, std::string> labels = {}) const {
        sample s;
        s.name = name;
        s.labels = std::move(labels);
        return values.count(s.id()) != 0;
    }

private:
    char next() {
        BOOST_REQUIRE_MESSAGE(!rest_.empty(), "the text ends within a line");
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    bool skip(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void need(char c) { BOOST_REQUIRE_MESSAGE(skip(c), std::string("expected ") + c + " before: " + std::string(rest_.substr(0, 40))); }
    std::string name(bool colon) {
        std::string s;
        while (!rest_.empty()) {
            const char c = rest_.front();
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':');
            if (!letter && !(c >= '0' && c <= '9' && !s.empty())) break;
            s += next();
        }
        BOOST_REQUIRE(!s.empty());
        return s;
    }
    std::string until_end(bool escapes) {
        std::string s;
        for (char c = next(); c != '\n'; c = next()) {
            if (escapes && c == '\\') {
                const char e = next();
                BOOST_REQUIRE(e == 'n' || e == '\\');
                c = e == 'n' ? '\n' : '\\';
                s += c;
                continue;
            }
            s += c;
        }
        return s;
    }
    void line() {
        if (skip('#')) {
            need(' ');
            const bool help = rest_.front() == 'H';
            for (const char c : std::string_view(help ? "HELP " : "TYPE ")) need(c);
            const std::string which = name(true);
            need(' ');
            if (help) {
                BOOST_REQUIRE(families.count(which) == 0);
                families[which].help = until_end(true);
            } else {
                BOOST_REQUIRE(families.count(which) == 1);
                family& f = families[which];
                BOOST_REQUIRE(f.type.empty());
                f.type = until_end(false);
                at_ = &f;
                at_name_ = which;
            }
            return;
        }
        sample s;
        s.name = name(true);
        if (skip('{')) {
            while (!skip('}')) {
                if (!s.labels.empty()) need(',');
                const std::string label = name(false);
                need('=');
                need('"');
                std::string v;
                for (char c = next(); c != '"'; c = next()) {
                    BOOST_REQUIRE(c != '\n');
                    if (c == '\\') {
                        c = next();
                        BOOST_REQUIRE(c == 'n' || c == '\\' || c == '"');
                        if (c == 'n') c = '\n';
                    }
                    v += c;
                }
                BOOST_REQUIRE(s.labels.emplace(label, v).second);
            }
        }
        need(' ');
        s.text = until_end(false);
        char* end = nullptr;
        const double value = std::strtod(s.text.c_str(), &end);
        BOOST_REQUIRE(!s.text.empty());
        BOOST_REQUIRE(*end == '\0');
        BOOST_REQUIRE(at_ != nullptr);
        const bool part = at_->type == "histogram" &&
                          (s.name == at_name_ + "_bucket" || s.name == at_name_ + "_sum" || s.name == at_name_ + "_count");
        BOOST_REQUIRE((at_->type == "histogram" ? part : s.name == at_name_));
        BOOST_REQUIRE_MESSAGE(values.emplace(s.id(), value).second, "a sample comes twice: " + s.name);
        at_->samples.push_back(std::move(s));
    }

    std::string_view rest_;
    family* at_ = nullptr;
    std::string at_name_;
};

/// All that \p m has to expose.
inline std::string text_of(const llmx::metrics_registry& m) {
    std::string out;
    m.append(out);
    return out;
}

} // namespace telemetry_test
