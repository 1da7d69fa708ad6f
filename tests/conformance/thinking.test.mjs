// SPDX-License-Identifier: BSL-1.0
// Thinking: shown to every client, and its signature brought back unchanged with the tool's result.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { cells, dialect_of, facades } from './lib/facades.mjs';
import { check_generate_reply } from './lib/gemini_protos.mjs';
import { Stack, through_gateway } from './lib/stack.mjs';

const multiply = {
    name: 'multiply', description: 'Multiplies two numbers',
    parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
};
const claude_signature = 'RXJVQkNrZ0lDeEFDR0FJaVRP', gemini_signature = 'Q3NJQkFYTHZkc2ln';

// aimock gives no thoughtSignature; these are the vendor's documented shapes, judged by its protos below.
const gemini_call = {
    candidates: [{
        index: 0, finishReason: 'STOP',
        content: { role: 'model', parts: [{ text: 'I should use the tool.', thought: true }, { functionCall: { name: 'multiply', args: { a: 17, b: 23 } }, thoughtSignature: gemini_signature }] },
    }],
    usageMetadata: { promptTokenCount: 25, candidatesTokenCount: 10, thoughtsTokenCount: 20, totalTokenCount: 55 }, modelVersion: 'gemini-2.5-flash', responseId: 'r-1',
};
const gemini_pieces = (() => {
    const [c] = gemini_call.candidates;
    const piece = (parts, more = {}) => ({ candidates: [{ index: 0, content: { role: 'model', parts }, ...more }], modelVersion: 'gemini-2.5-flash', responseId: 'r-1' });
    return [piece([c.content.parts[0]]), { ...piece([c.content.parts[1]], { finishReason: 'STOP' }), usageMetadata: gemini_call.usageMetadata }];
})();

// A client of another language than the signer's gets the signature with the signer's name on it.
const claude_signature_for = {
    anthropic: s => s,
    openai: s => `llmx::anthropic_messages:${s}`,
    gemini: s => Buffer.from(`llmx::anthropic_messages:${s}`).toString('base64'),
};

const asked_to_think = {
    openai: b => ['minimal', 'low', 'medium', 'high'].includes(b.reasoning_effort),
    // Claude 4.6 measures its thinking itself; a client of its own language may still name a budget.
    anthropic: b => (b.thinking?.type === 'enabled' && b.thinking.budget_tokens >= 1024) ||
        (b.thinking?.type === 'adaptive' && b.thinking.display === 'summarized'),
    gemini: b => b.generationConfig?.thinkingConfig?.thinkingBudget > 0 && b.generationConfig.thinkingConfig.includeThoughts === true,
};

describe('thinking', { timeout: 240_000 }, () => {
    let s;
    before(async () => { s = await Stack.start(); });
    after(() => s.stop());
    beforeEach(() => s.reset());

    test('the written Gemini replies satisfy the protos', () => {
        for (const m of [gemini_call, ...gemini_pieces]) assert.deepEqual(check_generate_reply(m), []);
    });

    for (const { facade, upstream } of cells(through_gateway))
        for (const stream of [false, true]) {
            const f = facades[facade], how = stream ? ', streamed' : '';
            const send = params => f.send(f.make(s.url, s.key), s.model(upstream, { thinking: true }), params, { stream });

            test(`${facade} client, ${upstream} upstream: thoughts are shown${how}`, { timeout: 30_000 }, async () => {
                const r = await send(f.start({ prompt: '17*23? [think]', thinking: true, max_tokens: 8000 }));
                assert.equal(r.text, '391');
                assert.equal(r.thinking, '17 times 23 is 340 plus 51.');
                assert.equal(r.finish, 'stop');
                assert.ok(asked_to_think[dialect_of[upstream]](s.back.last.json()), s.back.last.body.toString());
                if (upstream === 'anthropic') assert.deepEqual(r.signatures, [claude_signature_for[f.dialect]('RXJVQkNrZ0lDeEFDR0FJaVFM')]);
                await s.verify();
            });

            if (upstream !== 'anthropic' && upstream !== 'gemini') continue;
            test(`${facade} client, ${upstream} upstream: the signature comes back with the tool's result${how}`, { timeout: 30_000 }, async () => {
                if (upstream === 'gemini')
                    s.back.script({
                        reply: stream
                            ? { headers: { 'content-type': 'text/event-stream' }, parts: gemini_pieces.map(p => `data: ${JSON.stringify(p)}\r\n\r\n`) }
                            : { body: JSON.stringify(gemini_call) },
                    });
                const first = f.start({ prompt: 'Use the tool [think-tool]', thinking: true, tools: [multiply], max_tokens: 8000 });
                const asked = await send(first);
                assert.equal(asked.finish, 'tool_calls');
                assert.equal(asked.thinking, 'I should use the tool.');
                assert.deepEqual(asked.calls.map(c => [c.name, c.args]), [['multiply', { a: 17, b: 23 }]]);
                const r = await send(f.extend(first, asked, asked.calls.map(c => ({ ...c, text: '391' }))));
                assert.equal(r.text, 'The product is 391.');
                const body = s.back.last.json();
                if (upstream === 'anthropic')
                    assert.deepEqual(body.messages[1].content[0], { type: 'thinking', thinking: 'I should use the tool.', signature: claude_signature });
                else
                    assert.equal(body.contents[1].parts.find(p => p.functionCall)?.thoughtSignature, gemini_signature, JSON.stringify(body.contents[1]));
                await s.verify();
            });
        }

    for (const { facade } of cells(through_gateway).filter(c => c.upstream === 'anthropic'))
        for (const stream of [false, true])
            test(`${facade} client, anthropic upstream: redacted thinking${stream ? ', streamed' : ''}`, { timeout: 30_000 }, async () => {
                const f = facades[facade];
                const r = await f.send(f.make(s.url, s.key), s.model('anthropic'), f.start({ prompt: '[redacted]', thinking: true, max_tokens: 8000 }), { stream });
                assert.equal(r.text, 'Done.');
                if (facade === 'anthropic') assert.deepEqual(r.signatures, ['RW1rS0FoZ0JFZ3dM']);
                await s.verify();
            });
});
