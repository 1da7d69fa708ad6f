// expect: llmx: a settings key sets a bool, an integer, a double, a duration
#include <llmx/core/settings_keys.hpp>
struct options {
    char* words = nullptr;
    static constexpr auto keys = llmx::settings_keys(llmx::config_key("words", &options::words));
};
