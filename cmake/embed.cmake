# Writes a C file with text files as arrays of bytes, a NUL behind each: cmake -DOUT=X.c "-DFILES=a/page.css;.." -P embed.cmake.
# page.css becomes `const char page_css[]`.
set(code "/* Made by cmake/embed.cmake. */\n")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} name)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND code "extern const char ${name}[];\nconst char ${name}[] = { ${bytes}0 };\n")
endforeach()
file(WRITE ${OUT} "${code}")
