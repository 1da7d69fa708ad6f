// SPDX-License-Identifier: BSL-1.0
// What tests/unit/wire holds llmx to is what AWS's own packages make today, and they read their own and llmx's bytes.
// Needs no gateway.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { codec, encode, messages, requests, sign, table } from './lib/aws_vectors.mjs';

test('the committed table is the one that AWS\'s packages make', async () => {
    assert.equal(fs.readFileSync(new URL('../unit/wire/aws_vectors.hpp', import.meta.url), 'utf8'), await table());
});

test('the signature covers method, path, query, fields, body, token, region and time', async () => {
    const base = requests.find(r => r.name === 'a session token');
    const { authorization } = await sign(base);
    for (const change of [{ method: 'PUT' }, { path: '/model/n/converse' }, { query: 'a=1' }, { headers: { 'content-type': 'text/plain' } }, { body: '{ }' },
        { token: 'other' }, { region: 'us-west-2' }, { when: 1440938161 }])
        assert.notEqual((await sign({ ...base, ...change })).authorization, authorization, JSON.stringify(change));
});

test('messages are read back by the package, and a changed byte is refused', () => {
    for (const m of messages) {
        const bytes = encode(m), read = codec.decode(bytes);
        assert.equal(new TextDecoder().decode(read.body), m.body);
        assert.deepEqual(Object.keys(read.headers), Object.keys(m.headers));
        bytes[bytes.length - 1] ^= 1;
        assert.throws(() => codec.decode(bytes));
    }
});
