export { en as ko } from './ui-en.ts'
