// The watch page.
export {};
