import { expect, test } from 'vitest'
import { compactJson, layOut, layoutOf, readMembers, removeMember, repeatedName, setMember } from './json-object.ts'

test.each([
  ['the only one', '{ "a" : 1 }\n', 'a', '{ }\n'],
  ['the first', '{\n  "a": 1,\n  "b": 2\n}', 'a', '{\n  "b": 2\n}'],
  ['the last', '{\r\n\t"a": 1,\r\n\t"b": [1,{"c":","}]\r\n}\r\n', 'b', '{\r\n\t"a": 1\r\n}\r\n'],
  ['in the middle', '{"a":1, "b":2 , "c":3}', 'b', '{"a":1 , "c":3}'],
  ['by an escaped name', '{"\\u0061":1,"b":2}', 'a', '{"b":2}'],
  ['one that is not there', '{"b":{"a":1}}', 'a', '{"b":{"a":1}}'],
])('removes %s', (_, text, name, expected) => {
  expect(removeMember(text, name)).toBe(expected)
})

test.each([
  ['in its place', '{"a" : 1 ,"b":2}', 'a', '9', '{"a" : 9 ,"b":2}'],
  ['a value that is an object', '{"a":{"x":[{}]},"b":2}', 'a', '9', '{"a":9,"b":2}'],
  ['after the last, like it', '{\n    "a" : 1\n}', 'b', '9', '{\n    "a" : 1,\n    "b" : 9\n}'],
  ['after the last of a line', '{"a":1,"b":"}"}', 'c', '9', '{"a":1,"b":"}","c":9}'],
  ['into nothing', '{}', 'a', '9', '{"a":9}'],
  ['into nothing on two lines', '{\n}', 'a', '9', '{\n  "a": 9\n}'],
  ['into nothing on two lines of Windows', ' {\r\n}\r\n', 'a', '9', ' {\r\n  "a": 9\r\n}\r\n'],
])('sets %s', (_, text, name, raw, expected) => {
  expect(setMember(text, name, raw)).toBe(expected)
})

test('numbers and texts that no parser gives back are read as they stand', () => {
  const members = readMembers('{"n": 12345678901234567890.0, "t":"\\u00e9\\/", "d": {"a" : 1}}')
  expect(Object.fromEntries(members)).toEqual({ n: '12345678901234567890.0', t: '"\\u00e9\\/"', d: '{"a" : 1}' })
  expect(compactJson('{ "n" : 1e400 ,\n "t":"a b" }')).toBe('{"n":1e400,"t":"a b"}')
})

test('a name that stands twice is found, however it is written, and only in the object itself', () => {
  expect(repeatedName('{"a":1,"\\u0061":2}')).toBe('a')
  expect(repeatedName('{"a":{"b":1,"b":2},"b":3}')).toBeNull()
})

test.each([
  ['one line', '{"a":1}', '{"x":[1,2]}'],
  ['two spaces', '{\n  "a": 1\n}', '{\n    "x": [\n      1,\n      2\n    ]\n  }'],
  ['tabs and CRLF', '{\r\n\t"a": 1\r\n}', '{\r\n\t\t"x": [\r\n\t\t\t1,\r\n\t\t\t2\r\n\t\t]\r\n\t}'],
  ['nothing yet', '{\n}', '{\n    "x": [\n      1,\n      2\n    ]\n  }'],
  ['no indent at all', '{\n"a": 1\n}', '{\n  "x": [\n    1,\n    2\n  ]\n}'],
  ['a brace further out than it was', '{\n"a": 1\n    }', '{\n  "x": [\n    1,\n    2\n  ]\n}'],
])('a value is laid out like its neighbours: %s', (_, text, expected) => {
  expect(layOut('{"x":[1,2]}', layoutOf(text))).toBe(expected)
})

test('texts of megabytes and of nothing but escapes are passed over', () => {
  const long = JSON.stringify(`${'"\\'.repeat(500_000)}${'x'.repeat(1_000_000)}`)
  expect(removeMember(`{"a":[${long},{}],"b":${long},"c":1}`, 'b')).toBe(`{"a":[${long},{}],"c":1}`)
  expect(() => readMembers('{"a":[')).toThrow(SyntaxError)
  expect(() => readMembers('{"a":1')).toThrow(SyntaxError)
})

test('fifty thousand levels are no trouble, and what is no object is one', () => {
  const deep = `{"d":${'['.repeat(50_000)}${']'.repeat(50_000)},"a":1}`
  expect(setMember(deep, 'a', '2')).toBe(deep.replace('"a":1', '"a":2'))
  expect(() => readMembers('[]')).toThrow(SyntaxError)
  expect(() => readMembers('')).toThrow(SyntaxError)
})
