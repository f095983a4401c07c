
7
xPlaceholder*
dtype0*
shape:ÿÿÿÿÿÿÿÿÿ
7
nPlaceholder*
dtype0*
shape:ÿÿÿÿÿÿÿÿÿ
3
StringToNumberStringToNumberx*
out_type0
5
StringToNumber_1StringToNumberx*
out_type0
5
StringToNumber_2StringToNumbern*
out_type0
5
StringToNumber_3StringToNumbern*
out_type0	
+
floatsIdentityStringToNumber*
T0
.
doublesIdentityStringToNumber_1*
T0
+
intsIdentityStringToNumber_2*
T0
,
longsIdentityStringToNumber_3*
T0	"í