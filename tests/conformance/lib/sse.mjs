// SPDX-License-Identifier: BSL-1.0
// Reads a whole recorded event stream by the WHATWG rules (the judges' own reader; the clients use theirs).

/// \returns [{event, data, incomplete}] in order; `incomplete` events lack their blank line and
/// would not be dispatched. Invalid UTF-8 throws.
export function parse_sse(bytes) {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop();
    const events = [];
    let event = '', data = null;
    const field = line => {
        if (line.startsWith(':')) return;
        const colon = line.indexOf(':');
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (name === 'data') data = data === null ? value : `${data}\n${value}`;
        else if (name === 'event') event = value;
    };
    for (const line of lines) {
        if (line !== '') { field(line); continue; }
        if (data !== null) events.push({ event, data, incomplete: false });
        event = ''; data = null;
    }
    if (rest) field(rest);
    if (data !== null) events.push({ event, data, incomplete: true });
    return events;
}
