// SPDX-License-Identifier: BSL-1.0
// The judges themselves: each must take a good document and bite a bad one. Needs no gateway.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as openai from './lib/ajv_openai.mjs';
import * as anthropic from './lib/anthropic_sequence.mjs';
import { check_type } from './lib/anthropic_types.mjs';
import * as gemini from './lib/gemini_protos.mjs';
import { parse_sse } from './lib/sse.mjs';

/// A deep copy of \p o with \p change applied.
const but = (o, change) => { const copy = structuredClone(o); change(copy); return copy; };
const good = (name, problems) => test(`good: ${name}`, () => assert.deepEqual(problems(), []));
const bad = (name, problems, pattern) => test(`bad: ${name}`, () => {
    const found = problems();
    assert.ok(found.some(p => pattern.test(p)), `expected ${pattern} among ${JSON.stringify(found)}`);
});

describe('OpenAI request', () => {
    const request = {
        model: 'gpt-4o', temperature: 0.5,
        messages: [
            { role: 'system', content: 'x' }, { role: 'user', content: [{ type: 'text', text: 'y' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,aa' } }] },
            { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }] },
            { role: 'tool', tool_call_id: 'c1', content: 'z' },
        ],
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
    };
    const check = (change, options) => () => openai.check_chat_request(but(request, change), { translated: true, ...options });
    good('complete', check(() => {}));
    good('Azure without a model', check(b => { delete b.model; }, { model_in_path: true }));
    bad('no model', check(b => { delete b.model; }), /required property 'model'/);
    bad('no messages', check(b => { delete b.messages; }), /required property 'messages'/);
    bad('empty messages', check(b => { b.messages = []; }), /fewer than 1/);
    bad('temperature 7', check(b => { b.temperature = 7; }), /temperature: must be <= 2/);
    bad('unknown role', check(b => { b.messages[1].role = 'human'; }), /messages\/1/);
    bad('unknown part', check(b => { b.messages[1].content[1].type = 'image'; }), /messages\/1/);
    bad('tool without a name', check(b => { delete b.tools[0].function.name; }), /tools/);
    bad('member of another dialect', check(b => { b.max_output_tokens = 5; }), /unknown member max_output_tokens/);
    bad('message member of another dialect', check(b => { b.messages[1].cache_control = {}; }), /unknown member cache_control/);
    good('the same, passed through', check(b => { b.messages[1].cache_control = {}; }, { translated: false }));
    bad('result without a call', check(b => { b.messages[3].tool_call_id = 'c2'; }), /answers no call/);
    bad('call without a result', check(b => { b.messages.splice(3, 1, { role: 'user', content: 'q' }); }), /were not answered/);
});

const chunk = (delta, more = {}, top = {}) => ({
    id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...more }], ...top,
});
const sse = (...events) => Buffer.from(events.map(e => typeof e === 'string' ? e : `data: ${JSON.stringify(e)}\n\n`).join(''));
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const done = 'data: [DONE]\n\n';

describe('OpenAI answers', () => {
    const reply = {
        id: 'c', object: 'chat.completion', created: 1, model: 'm', usage,
        choices: [{ index: 0, message: { role: 'assistant', content: 'x', refusal: null }, logprobs: null, finish_reason: 'stop' }],
    };
    good('reply', () => openai.check_chat_reply(reply));
    bad('no id', () => openai.check_chat_reply(but(reply, b => { delete b.id; })), /required property 'id'/);
    bad('finish reason of another dialect', () => openai.check_chat_reply(but(reply, b => { b.choices[0].finish_reason = 'end_turn'; })), /finish_reason/);
    bad('usage in words of another dialect', () => openai.check_chat_reply(but(reply, b => { b.usage = { input_tokens: 1 }; })), /usage/);
    bad('tool_calls without calls', () => openai.check_chat_reply(but(reply, b => { b.choices[0].finish_reason = 'tool_calls'; })), /without a call/);
    good('error', () => openai.check_error({ error: { message: 'm', type: 't', param: null, code: null } }));
    bad('error without a type', () => openai.check_error({ error: { message: 'm', param: null, code: null } }), /type/);
    bad('error of another dialect', () => openai.check_error({ type: 'error', message: 'm' }), /error/);

    const events = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'x' }), chunk({}, { finish_reason: 'stop' }), chunk({}, {}, { choices: [], usage }), done];
    const stream = (change, options) => () => openai.check_chat_stream(sse(...but(events, change)), { include_usage: true, ...options });
    good('stream', stream(() => {}));
    good('broken stream', stream(e => { e.splice(2, 3, { error: { message: 'm', type: 't', param: null, code: null } }); }, { broken: true }));
    bad('a cut that ends in [DONE]', stream(e => { e.splice(2, 2); }, { broken: true }), /broken stream ends in \[DONE\]/);
    bad('a cut with a finish reason', stream(e => { e.splice(3, 2); }, { broken: true }), /broken stream reports a finish_reason/);
    bad('no [DONE]', stream(e => { e.pop(); }), /no \[DONE\]/);
    bad('no finish reason', stream(e => { e.splice(2, 1); }), /no finish_reason/);
    bad('usage nobody asked for', stream(() => {}, { include_usage: false }), /none was asked for/);
    bad('usage missing', stream(e => { e.splice(3, 1); }), /one was asked for/);
    bad('id changes', stream(e => { e[1].id = 'd'; }), /id changes/);
    bad('goes on after [DONE]', stream(e => { e.push(e[1]); }), /after \[DONE\]/);
    bad('chunk that is no chunk', stream(e => { e[1].object = 'chat.completion'; }), /object/);
    bad('error within a good stream', stream(e => { e.splice(1, 0, { error: { message: 'm', type: 't', param: null, code: null } }); }), /an error in the stream/);
    bad('cut in an event', () => openai.check_chat_stream(sse(...events).subarray(0, -1), { include_usage: true }), /cut off/);
    const call = (index, { name, ...more }, args) => chunk({ tool_calls: [{ index, ...more, function: { ...(name ? { name } : {}), arguments: args } }] });
    const tool = [events[0], call(0, { id: 'c1', type: 'function', name: 'f' }, ''), call(0, {}, '{"a"'), call(0, {}, ':1}'), chunk({}, { finish_reason: 'tool_calls' }), events[3], done];
    good('tool stream', () => openai.check_chat_stream(sse(...tool), { include_usage: true }));
    bad('arguments cut', () => openai.check_chat_stream(sse(...tool.filter((_, i) => i !== 3)), { include_usage: true }), /arguments are not JSON/);
    bad('call without an id', () => openai.check_chat_stream(sse(...but(tool, e => { delete e[1].choices[0].delta.tool_calls[0].id; })), { include_usage: true }), /lacks id/);
});

describe('Anthropic request', () => {
    const request = {
        model: 'claude', max_tokens: 4000, system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }],
        thinking: { type: 'enabled', budget_tokens: 1024 }, tool_choice: { type: 'auto', disable_parallel_tool_use: true },
        tools: [{ name: 'f', input_schema: { type: 'object', properties: {}, additionalProperties: false } }],
        messages: [
            { role: 'user', content: [{ type: 'text', text: 'x' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aa' } }] },
            { role: 'assistant', content: [{ type: 'thinking', thinking: 't', signature: 's' }, { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'r' }] },
        ],
    };
    const check = change => () => anthropic.check_messages_request(but(request, change));
    good('complete', check(() => {}));
    bad('no max_tokens', check(b => { delete b.max_tokens; }), /lacks max_tokens/);
    bad('unknown member', check(b => { b.stop = ['x']; }), /stop: unknown member/);
    bad('unknown block member', check(b => { b.messages[0].content[0].image_url = 'x'; }), /image_url: unknown member/);
    bad('unknown block', check(b => { b.messages[0].content[0].type = 'input_text'; }), /fits no variant/);
    bad('role of another dialect', check(b => { b.messages[1].role = 'model'; }), /messages\[1\]/);
    bad('OpenAI\'s tool shape', check(b => { b.tools[0] = { type: 'function', function: { name: 'f' } }; }), /tools\[0\]/);
    bad('tool choice as a string', check(b => { b.tool_choice = 'auto'; }), /tool_choice/);
    bad('thinking without a signature', check(b => { delete b.messages[1].content[0].signature; }), /lacks signature/);
    bad('budget above the limit', check(b => { b.max_tokens = 1000; }), /greater than thinking/);
    bad('budget too small', check(b => { b.thinking.budget_tokens = 128; }), /below 1024/);
    bad('forced tool while thinking', check(b => { b.tool_choice = { type: 'tool', name: 'f' }; }), /forced tool/);
    bad('result without a call', check(b => { b.messages[2].content[0].tool_use_id = 'toolu_2'; }), /answers no tool_use/);
    bad('result after text', check(b => { b.messages[2].content.unshift({ type: 'text', text: 'q' }); }), /after other content/);
    bad('arguments as text', check(b => { b.messages[1].content[1].id = 'a b'; }), /tool_use id/);
    bad('empty text', check(b => { b.messages[0].content[0].text = ''; }), /empty text/);
});

describe('Anthropic answers', () => {
    const message = {
        id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [{ type: 'text', text: 'x', citations: null }],
        stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 1, output_tokens: 2 },
    };
    const check = change => () => anthropic.check_message(but(message, change));
    good('message', check(() => {}));
    bad('stop reason of another dialect', check(b => { b.stop_reason = 'stop'; }), /stop_reason/);
    bad('no usage', check(b => { delete b.usage; }), /lacks usage/);
    bad('usage of another dialect', check(b => { b.usage = { prompt_tokens: 1, completion_tokens: 1 }; }), /prompt_tokens: unknown/);
    bad('tokens as text', check(b => { b.usage.input_tokens = '1'; }), /not a number/);
    bad('content as a string', check(b => { b.content = 'x'; }), /not a list/);
    good('error', () => anthropic.check_error({ type: 'error', error: { type: 'overloaded_error', message: 'm' } }));
    bad('unknown error type', () => anthropic.check_error({ type: 'error', error: { type: 'server_error', message: 'm' } }), /ErrorObject/);
    bad('error of another dialect', () => anthropic.check_error({ error: { type: 'api_error', message: 'm' } }), /lacks type/);
    test('the declarations were read', () => assert.deepEqual(check_type('RawMessageDeltaEvent.Delta', { stop_reason: 'end_turn', stop_sequence: null }), []));

    const ev = (type, more = {}) => ({ type, ...more });
    const events = [
        ev('message_start', { message: { ...message, content: [], stop_reason: null } }), ev('ping'),
        ev('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
        ev('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 't' } }),
        ev('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 's' } }),
        ev('content_block_stop', { index: 0 }),
        ev('content_block_start', { index: 1, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} } }),
        ev('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } }),
        ev('content_block_stop', { index: 1 }),
        ev('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 2 } }),
        ev('message_stop'),
    ];
    const bytes = list => Buffer.from(list.map(e => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`).join(''));
    const stream = (change, options) => () => anthropic.check_message_stream(bytes(but(events, change)), options);
    const error = ev('error', { error: { type: 'api_error', message: 'm' } });
    good('stream', stream(() => {}));
    good('broken stream', stream(e => { e.splice(4, 9, error); }, { broken: true }));
    bad('a cut that ends whole', stream(e => { e.splice(7, 1); }, { broken: true }), /broken stream ends in message_stop/);
    bad('no message_stop', stream(e => { e.pop(); }), /no message_stop/);
    bad('a block left open', stream(e => { e.splice(8, 1); }), /still open/);
    bad('wrong index', stream(e => { e[6].index = 2; }), /index 2, expected 1/);
    bad('wrong delta', stream(e => { e[3].delta = { type: 'text_delta', text: 'x' }; }), /text_delta in a thinking block/);
    bad('half the input', stream(e => { e[7].delta.partial_json = '{"a"'; }), /input is not JSON/);
    bad('two message_delta', stream(e => { e.splice(9, 0, e[9]); }), /twice/);
    bad('before message_start', stream(e => { e.shift(); }), /before message_start/);
    bad('unknown member', stream(e => { e[9].delta.finish_reason = 'x'; }), /finish_reason: unknown/);
    bad('after the end', stream(e => { e.push(ev('ping')); }), /after the end/);
    bad('event name differs', () => anthropic.check_message_stream(Buffer.from(bytes(events).toString().replace('event: message_stop', 'event: message'))), /says type/);
    bad('[DONE]', () => anthropic.check_message_stream(Buffer.concat([bytes(events), Buffer.from(done)])), /not JSON/);
});

describe('Gemini', () => {
    const request = {
        systemInstruction: { parts: [{ text: 's' }] }, generationConfig: { temperature: 1, thinkingConfig: { thinkingBudget: 9, includeThoughts: true }, responseModalities: ['TEXT'] },
        tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' } },
        contents: [
            { role: 'user', parts: [{ text: 'x' }, { inlineData: { mimeType: 'image/png', data: 'aa==' } }] },
            { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 'b' } }, thoughtSignature: 'c2ln' }] },
            { role: 'user', parts: [{ functionResponse: { name: 'f', response: { r: 1 } } }] },
        ],
    };
    const check = change => () => gemini.check_generate_request(but(request, change));
    good('request', check(() => {}));
    good('original field names', check(b => { b.system_instruction = b.systemInstruction; delete b.systemInstruction; b.contents[0].parts[1] = { inline_data: { mime_type: 'image/png', data: 'aa==' } }; }));
    bad('unknown field', check(b => { b.generationConfig.max_tokens = 1; }), /max_tokens: unknown field/);
    bad('unknown enum name', check(b => { b.toolConfig.functionCallingConfig.mode = 'REQUIRED'; }), /not in Mode/);
    bad('JSON Schema in an OpenAPI schema', check(b => { b.tools[0].functionDeclarations[0].parameters.additionalProperties = false; }), /additionalProperties: unknown field/);
    bad('type in lower case', check(b => { b.tools[0].functionDeclarations[0].parameters.type = 'object'; }), /not in Type/);
    bad('two kinds in one part', check(b => { b.contents[0].parts[0].inlineData = { mimeType: 'a/b', data: '' }; }), /oneof data/);
    bad('role of another dialect', check(b => { b.contents[1].role = 'assistant'; }), /role assistant/);
    bad('bytes that are no base64', check(b => { b.contents[0].parts[1].inlineData.data = 'data:image/png'; }), /not bytes/);
    bad('args as text', check(b => { b.contents[1].parts[0].functionCall.args = '{}'; }), /not a Struct/);
    bad('text as a number', check(b => { b.contents[0].parts[0].text = 1; }), /not string/);
    bad('a list that is none', check(b => { b.contents[0].parts = { text: 'x' }; }), /not a list/);
    bad('no contents', check(b => { delete b.contents; }), /lacks contents/);
    bad('a response too few', check(b => { b.contents[1].parts.push({ functionCall: { name: 'g' } }); }), /1 function responses to 2/);

    const reply = { candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'x' }] }, finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 } };
    const answer = change => () => gemini.check_generate_reply(but(reply, change));
    good('reply', answer(() => {}));
    bad('aimock\'s finish reason', answer(b => { b.candidates[0].finishReason = 'FUNCTION_CALL'; }), /not in FinishReason/);
    bad('OpenAI\'s finish reason', answer(b => { b.candidates[0].finishReason = 'stop'; }), /not in FinishReason/);
    bad('usage of another dialect', answer(b => { b.usageMetadata.prompt_tokens = 1; }), /prompt_tokens: unknown|said twice/);
    bad('nothing', answer(b => { delete b.candidates; }), /neither candidates/);
    good('error', () => gemini.check_error({ error: { code: 400, message: 'm', status: 'INVALID_ARGUMENT', details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }] } }));
    bad('error status', () => gemini.check_error({ error: { code: 400, message: 'm', status: 'BAD_REQUEST' } }), /error\.status/);
    bad('error of another dialect', () => gemini.check_error({ error: { message: 'm', type: 't', code: null } }), /unknown member type/);

    const first = { candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'y' }] } }] };
    good('stream', () => gemini.check_generate_stream(sse(first, reply)));
    good('JSON array', () => gemini.check_generate_stream(Buffer.from(JSON.stringify([first, reply])), { json_array: true }));
    bad('[DONE]', () => gemini.check_generate_stream(sse(first, reply, done)), /not a stream/);
    bad('no finish reason', () => gemini.check_generate_stream(sse(first)), /0 chunks carry/);
    bad('a cut that looks whole', () => gemini.check_generate_stream(sse(first, reply), { broken: true }), /broken stream reports/);
    bad('array left open', () => gemini.check_generate_stream(Buffer.from(JSON.stringify([first, reply]).slice(0, -1)), { json_array: true }), /not a stream/);
});

test('event streams are read by the WHATWG rules', () => {
    assert.deepEqual(parse_sse(Buffer.from(': note\r\nevent: a\rdata: 1\ndata:2\r\n\r\ndata: \n\nid: 4\n\ndata: cut')), [
        { event: 'a', data: '1\n2', incomplete: false }, { event: '', data: '', incomplete: false }, { event: '', data: 'cut', incomplete: true },
    ]);
    assert.throws(() => parse_sse(Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a])));
});
