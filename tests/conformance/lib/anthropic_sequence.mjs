// SPDX-License-Identifier: BSL-1.0
// Anthropic's messages: requests, replies, errors by the SDK's declarations, and the order of a stream's events.
import { check_type } from './anthropic_types.mjs';
import { parse_sse } from './sse.mjs';

/// A request as sent to an Anthropic-speaking upstream.
export function check_messages_request(body) {
    const problems = check_type('MessageCreateParamsBase', body);
    if (!(body.max_tokens >= 1)) problems.push('max_tokens below 1');
    if (body.thinking?.type === 'enabled') {
        if (!(body.thinking.budget_tokens >= 1024)) problems.push(`thinking.budget_tokens ${body.thinking.budget_tokens} below 1024`);
        if (!(body.max_tokens > body.thinking.budget_tokens)) problems.push('max_tokens must be greater than thinking.budget_tokens');
        if (['any', 'tool'].includes(body.tool_choice?.type)) problems.push('thinking does not go with a forced tool');
        if (body.temperature !== undefined && body.temperature !== 1) problems.push('thinking does not go with a temperature');
    }
    const messages = Array.isArray(body.messages) ? body.messages : [];
    if (messages[0]?.role !== 'user') problems.push('the first message is not the user\'s');
    let open = new Set();
    for (const [i, m] of messages.entries()) {
        const blocks = Array.isArray(m.content) ? m.content : [];
        if (m.content === '' || (Array.isArray(m.content) && !m.content.length)) problems.push(`messages[${i}]: empty`);
        // All results stand at the head of the one user turn after the calls.
        const answered = new Set();
        let other = false;
        for (const b of blocks) {
            if (b.type !== 'tool_result') { other = true; continue; }
            if (other) problems.push(`messages[${i}]: a tool_result after other content`);
            if (!open.has(b.tool_use_id)) problems.push(`messages[${i}]: tool_result ${b.tool_use_id} answers no tool_use of the turn before`);
            answered.add(b.tool_use_id);
        }
        for (const id of open) if (!answered.has(id)) problems.push(`messages[${i}]: tool_use ${id} is not answered`);
        open = new Set(blocks.filter(b => b.type === 'tool_use').map(b => b.id));
        for (const id of open) if (!/^[A-Za-z0-9_-]+$/.test(id)) problems.push(`messages[${i}]: tool_use id ${id}`);
        for (const b of blocks) if (b.type === 'text' && !b.text) problems.push(`messages[${i}]: an empty text block`);
    }
    return problems;
}

export function check_message(body) {
    const problems = check_type('Message', body);
    if (body.stop_reason === null || body.stop_reason === undefined) problems.push('no stop_reason');
    if (body.stop_reason === 'tool_use' && !body.content?.some(b => b.type === 'tool_use')) problems.push('stop_reason tool_use without a call');
    return problems;
}

export function check_error(body) {
    // Documented error type that the declarations leave out.
    const known = body?.error?.type === 'request_too_large' ? { ...body, error: { ...body.error, type: 'invalid_request_error' } } : body;
    const problems = check_type('ErrorResponse', known);
    if (!body?.error?.message) problems.push('no error.message');
    return problems;
}

const delta_of_block = {
    text: ['text_delta', 'citations_delta'], thinking: ['thinking_delta', 'signature_delta'], tool_use: ['input_json_delta'],
    server_tool_use: ['input_json_delta'], redacted_thinking: [],
};

/// A whole stream as an Anthropic client gets it. `broken`: it must not end as if it were whole.
export function check_message_stream(bytes, { broken = false } = {}) {
    const problems = [];
    let events;
    try { events = parse_sse(bytes); } catch (e) { return [`not an event stream: ${e.message}`]; }
    let started = false, delta_seen = false, stopped = false, failed = false, open = null, next = 0, json = '';
    for (const [n, e] of events.entries()) {
        const bad = text => problems.push(`event ${n} (${e.event}): ${text}`);
        if (e.incomplete) { if (!broken) bad('cut off'); continue; }
        let v;
        try { v = JSON.parse(e.data); } catch { bad('not JSON'); continue; }
        if (v.type !== e.event) bad(`named ${e.event}, says type ${v.type}`);
        if (stopped || failed) bad('after the end');
        if (v.type === 'ping') continue;
        if (v.type === 'error') { failed = true; problems.push(...check_error(v)); continue; }
        problems.push(...check_type('RawMessageStreamEvent', v).map(p => `event ${n}: ${p}`));
        if (v.type !== 'message_start' && !started) bad('before message_start');
        switch (v.type) {
        case 'message_start':
            if (started) bad('twice');
            started = true;
            if (v.message?.content?.length) bad('content at the start');
            if (v.message?.stop_reason) bad('stop_reason at the start');
            break;
        case 'content_block_start':
            if (open) bad(`block ${open.index} is still open`);
            if (v.index !== next) bad(`index ${v.index}, expected ${next}`);
            ++next;
            open = { index: v.index, type: v.content_block?.type };
            json = '';
            if (open.type === 'tool_use' && JSON.stringify(v.content_block.input) !== '{}') bad('input at the start');
            if (open.type === 'text' && v.content_block.text !== '') bad('text at the start');
            break;
        case 'content_block_delta':
            if (!open || v.index !== open.index) bad('no such open block');
            else if (!delta_of_block[open.type]?.includes(v.delta?.type)) bad(`${v.delta?.type} in a ${open.type} block`);
            if (open?.signed) bad('a delta after the signature');
            if (v.delta?.type === 'signature_delta') open.signed = true;
            if (v.delta?.type === 'input_json_delta') json += v.delta.partial_json;
            break;
        case 'content_block_stop':
            if (!open || v.index !== open.index) bad('no such open block');
            if (open?.type === 'tool_use' && json !== '') {
                try { const o = JSON.parse(json); if (o === null || typeof o !== 'object') bad('input is not an object'); } catch { bad(`input is not JSON: ${json}`); }
            }
            open = null;
            break;
        case 'message_delta':
            if (open) bad(`block ${open.index} is still open`);
            if (delta_seen) bad('twice');
            delta_seen = true;
            if (!v.delta?.stop_reason) bad('no stop_reason');
            break;
        case 'message_stop':
            if (!delta_seen) bad('before message_delta');
            stopped = true;
            break;
        }
    }
    if (broken) { if (stopped) problems.push('a broken stream ends in message_stop'); if (delta_seen) problems.push('a broken stream reports a stop_reason'); }
    else { if (!stopped) problems.push('no message_stop'); if (failed) problems.push('an error in the stream'); }
    return problems;
}
