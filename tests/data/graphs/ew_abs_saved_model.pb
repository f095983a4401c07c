à
Ø­
.
Abs
x"T
y"T"
Ttype:

2	
.
Identity

input"T
output"T"	
Ttype

NoOp
C
Placeholder
output"dtype"
dtypetype"
shapeshape:"serve*2.15.12v2.15.0-11-g63f5a65c7cd…
d
xPlaceholder*'
_output_shapes
:ÿÿÿÿÿÿÿÿÿ*
dtype0*
shape:ÿÿÿÿÿÿÿÿÿ
?
AbsAbsx*
T0*'
_output_shapes
:ÿÿÿÿÿÿÿÿÿ
I
outputIdentityAbs*
T0*'
_output_shapes
:ÿÿÿÿÿÿÿÿÿ

initNoOp"í*{
serving_defaulth

x
x:0ÿÿÿÿÿÿÿÿÿ)
output
output:0ÿÿÿÿÿÿÿÿÿtensorflow/serving/predict